// Signs the vendor's vector in Go, through cgo. An image without cgo takes examples/native/go instead.
//
//	cargo xtask dist --prefix "$PWD/target/prefix" && export PKG_CONFIG_PATH="$PWD/target/prefix/lib/pkgconfig"
//	go build -o target/sign examples/embed/go/sign.go
//	LD_LIBRARY_PATH="$PWD/target/prefix/lib" target/sign
package main

// #cgo pkg-config: faceid
// #include <faceid.h>
import "C"

import (
	"errors"
	"fmt"
	"os"
	"unsafe"
)

// sign makes a sign of the given time and nonce. In a service: faceid_sign_now, for each request anew.
func sign(key, secret, nonce []byte, issuedAt uint64, validity uint32) (string, error) {
	// Room for a sign of any api_key of up to about 100 characters: a longer one gets an error, not a cut sign.
	out := make([]byte, 256)
	var length C.size_t
	status := C.faceid_sign(
		chars(key), C.size_t(len(key)), chars(secret), C.size_t(len(secret)),
		C.uint64_t(issuedAt), chars(nonce), C.size_t(len(nonce)), C.uint32_t(validity),
		chars(out), C.size_t(len(out)), &length)
	if status != C.FACEID_STATUS_OK {
		return "", errors.New(C.GoString(C.faceid_status_message(C.uint32_t(status))))
	}
	return string(out[:length]), nil
}

func chars(bytes []byte) *C.char {
	if len(bytes) == 0 {
		return nil // which the library refuses, and says so
	}
	return (*C.char)(unsafe.Pointer(&bytes[0]))
}

func main() {
	// In a service, from its configuration. These are the ones that the vendor publishes.
	key, secret := []byte("ICVvC_xUs6177WEtyUNwIH8J6NfGu50t"), []byte("UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q")
	text, err := sign(key, secret, []byte("0799687066"), 1530762118, 100)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(text)
}

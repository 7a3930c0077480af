package main

import (
	"context"
	"fmt"
	"math"
	"os"
)

// Before main, which is the client's.
func init() {
	call := func(baseURL, scene, uuid string) error {
		_, err := GetBizToken(context.Background(), baseURL, "key", "tell-nobody", scene, &uuid)
		return err
	}
	sign := func(issuedAt, validity uint64) error {
		_, err := Sign("key", "tell-nobody", issuedAt, "1", validity)
		return err
	}
	kept := os.Getenv("KEPT_URL")
	twice := call(kept, "scene", "tell-nobody")
	if twice == nil {
		twice = call(kept, "scene", "tell-nobody")
	}
	hundred := -100
	local := "http://127.0.0.1:1"
	for _, c := range []struct {
		name string
		err  error
	}{
		{"no scene", call(local, "", "tell-nobody")},
		{"broken scene", call(local, "tell-nobody\xff", "tell-nobody")},
		{"broken uuid", call(local, "scene", "tell-nobody\xff")},
		{"negative validity", sign(1530762118, uint64(hundred))},
		{"an expiry too late", sign(math.MaxUint64, 1)},
		{"milliseconds", sign(1530762118000, 100)},
		{"http beyond this machine", call("http://faceid.example", "scene", "tell-nobody")},
		{"two calls", twice},
	} {
		if c.err == nil {
			fmt.Printf("%s: no error: \n", c.name)
			continue
		}
		fmt.Printf("%s: %#v %v\n", c.name, c.err, c.err)
	}
	os.Exit(0)
}

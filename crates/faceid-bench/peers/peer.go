// Go with its standard library alone: `peer sign`, or `peer calls URL IN_FLIGHT COUNT`. Prints figures as JSON.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log"
	"math/big"
	"mime/multipart"
	"net/http"
	"os"
	"sort"
	"strconv"
	"sync"
	"syscall"
	"time"
)

const (
	key    = "ICVvC_xUs6177WEtyUNwIH8J6NfGu50t"
	secret = "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q"
	known  = "SPzLRbDBgTGC2A8YdDaa7Jrny+5hPUlDVnZDX3hVczYxNzdXRXR5VU53SUg4SjZOZkd1NTB0JmI9MTUzMDc2MjIxOCZjPTE1MzA3" +
		"NjIxMTgmZD0wNzk5Njg3MDY2"
)

func sign(key, secret string, expireTime, currentTime int64, random string) string {
	raw := fmt.Sprintf("a=%s&b=%d&c=%d&d=%s", key, expireTime, currentTime, random)
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte(raw))
	return base64.StdEncoding.EncodeToString(append(mac.Sum(nil), raw...))
}

var nonces = big.NewInt(1e10)

func signNow() string {
	now := time.Now().Unix()
	random, err := rand.Int(rand.Reader, nonces)
	must(err)
	return sign(key, secret, now+100, now, fmt.Sprintf("%010d", random))
}

func main() {
	if sign(key, secret, 1530762218, 1530762118, "0799687066") != known {
		log.Fatal("not the vendor's sign")
	}
	if os.Args[1] == "sign" {
		signs()
		return
	}
	inFlight, err := strconv.Atoi(os.Args[3])
	must(err)
	count, err := strconv.Atoi(os.Args[4])
	must(err)
	calls(os.Args[2], inFlight, count)
}

func signs() {
	var batches []float64
	for turn := 0; turn < 61; turn++ {
		started := time.Now()
		for call := 0; call < 500; call++ {
			signNow()
		}
		batches = append(batches, float64(time.Since(started).Nanoseconds())/500)
	}
	sort.Float64s(batches)
	print(map[string]float64{"fresh": batches[30]})
}

func calls(url string, inFlight, count int) {
	// Else it keeps two connections, and makes the others anew each time.
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: inFlight}}
	all := func(count int) {
		var workers sync.WaitGroup
		work := make(chan struct{}, count)
		for ; count > 0; count-- {
			work <- struct{}{}
		}
		close(work)
		for worker := 0; worker < inFlight; worker++ {
			workers.Add(1)
			go func() {
				defer workers.Done()
				for range work {
					call(client, url)
				}
			}()
		}
		workers.Wait()
	}
	if inFlight > 50 {
		all(inFlight)
	} else {
		all(50)
	}
	started, cpu := time.Now(), processor()
	all(count)
	seconds := time.Since(started).Seconds()
	print(map[string]float64{
		"per_second": float64(count) / seconds,
		"cpu_us":     (processor() - cpu) / float64(count),
	})
}

func call(client *http.Client, url string) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	must(form.WriteField("sign", signNow()))
	must(form.WriteField("sign_version", "hmac_sha1"))
	must(form.WriteField("liveness_id", "fake-scene"))
	must(form.WriteField("uuid", "fake-user-0123456789"))
	must(form.Close())
	answer, err := client.Post(url+"/faceid/v5/sdk/get_biz_token", form.FormDataContentType(), &body)
	must(err)
	defer answer.Body.Close()
	var token struct {
		BizToken string `json:"biz_token"`
	}
	must(json.NewDecoder(answer.Body).Decode(&token))
	if answer.StatusCode != 200 || token.BizToken == "" {
		log.Fatal("no token")
	}
}

// Microseconds of processor time of this process so far.
func processor() float64 {
	var usage syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e3
}

func print(figures map[string]float64) {
	must(json.NewEncoder(os.Stdout).Encode(figures))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

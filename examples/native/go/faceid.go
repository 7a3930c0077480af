// 旷视 FaceID：生成签名，调用 get_biz_token 获取 biz_token。单个文件，只用标准库，可直接复制到你的项目里。
//
// Megvii FaceID: signs, and gets a biz_token. One file on the standard library alone, to be copied. Go 1.19 or later.
//
//	go build faceid.go
//	./faceid vectors FILE
//	FACEID_API_KEY=.. FACEID_API_SECRET=.. ./faceid token BASE_URL LIVENESS_ID [UUID]
package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	path           = "/faceid/v5/sdk/get_biz_token"
	connectTimeout = 5 * time.Second
	totalTimeout   = 15 * time.Second
	validity       = 100 // seconds
	longestAnswer  = 256 << 10
)

// Error is an answer without a token, of the service or of a gateway before it.
type Error struct {
	Status                        int
	Code, Detail, Text, RequestID string
}

var runTogether = regexp.MustCompile(`(?i)^\s*(MISSING_ARGUMENTS|BAD_ARGUMENTS|AUTHORIZATION_ERROR)([^:_][^:]*)$`)

func newError(status int, text, requestID string) *Error {
	// By the text, not by the status: one status stands for many errors. "X: y", "X:y" and "Xy" occur, in any case.
	code, detail, _ := strings.Cut(runTogether.ReplaceAllString(text, "$1:$2"), ":")
	code, detail = strings.ToUpper(strings.TrimSpace(code)), strings.TrimSpace(detail)
	return &Error{status, code, detail, text, requestID}
}

func (e *Error) Error() string {
	code, id := e.Code, e.RequestID
	if code == "" {
		code = "NO_ERROR_CODE"
	}
	if id == "" {
		id = "none"
	}
	return shown(fmt.Sprintf("%s (HTTP %d, request_id %s)", strings.TrimSpace(code+" "+e.Detail), e.Status, id))
}

// In one line, without what would steer a terminal.
func shown(text string) string {
	isBlank := func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }
	return strings.Join(strings.FieldsFunc(text, isBlank), " ")
}

// Sign makes the form field sign: whoever has it may use the key until it expires. Validity 0 makes it single-use.
func Sign(key, secret string, issuedAt uint64, nonce string, validity uint64) (string, error) {
	// Nothing is escaped in a sign, so a "&" in a key would start another field.
	isForeign := func(c rune) bool { return c < ' ' || c > '~' || c == '&' || c == '=' }
	if key == "" || key != strings.TrimSpace(key) || strings.IndexFunc(key, isForeign) >= 0 {
		return "", errors.New("api_key: empty, or with a character that no key has")
	}
	// A line end that came along from a file makes every sign wrong.
	if secret == "" || secret != strings.Trim(strings.TrimSpace(secret), "\ufeff") {
		return "", errors.New("api_secret: empty, or with blanks, a line end or a byte order mark around it")
	}
	// The nonce is text: its leading zeros are signed too.
	if len(nonce) < 1 || len(nonce) > 10 || strings.Trim(nonce, "0123456789") != "" {
		return "", errors.New("nonce: not 1 to 10 digits")
	}
	// As seconds, after the year 5138.
	if issuedAt >= 100_000_000_000 && issuedAt < 1<<63 {
		return "", errors.New("issuedAt: in milliseconds or finer, not in seconds")
	}
	// Single use is b = 0, not b = c.
	var expiresAt uint64
	if validity != 0 {
		expiresAt = issuedAt + validity
		if expiresAt < issuedAt {
			return "", errors.New("issuedAt, validity: too large")
		}
	}
	raw := fmt.Sprintf("a=%s&b=%d&c=%d&d=%s", key, expiresAt, issuedAt, nonce)
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte(raw))
	// The digest's 20 bytes, not its hex digits. StdEncoding has "+" and "/", and pads.
	return base64.StdEncoding.EncodeToString(append(mac.Sum(nil), raw...)), nil
}

// NewNonce draws from crypto/rand: math/rand starts from the same seed in every process before Go 1.20.
func NewNonce() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(10_000_000_000))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%010d", n), nil
}

var client = newClient()

func newClient() *http.Client {
	// Cloned for what it has besides: certificates are checked, a proxy of the environment is used.
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = (&net.Dialer{Timeout: connectTimeout}).DialContext
	transport.TLSHandshakeTimeout = connectTimeout
	// A connection each: a kept one may just have been closed by the server.
	transport.DisableKeepAlives = true
	return &http.Client{
		Transport: transport,
		Timeout:   totalTimeout,
		// The other host would get the sign.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Answer is what the service says to a success.
type Answer struct {
	BizToken, RequestID string
}

// GetBizToken signs anew on every call. A nil uuid is not sent. What the service refuses is an *Error.
func GetBizToken(ctx context.Context, baseURL, key, secret, livenessID string, uuid *string) (*Answer, error) {
	base, err := url.Parse(baseURL)
	if err != nil {
		return nil, err
	}
	// In capitals, net/http would ask a proxy for it, which over plain http sees the sign.
	base.Host = strings.ToLower(base.Host)
	host := base.Hostname()
	local := host == "127.0.0.1" || host == "::1" || host == "localhost"
	if base.Scheme != "https" && !(base.Scheme == "http" && local) {
		return nil, errors.New("base URL: https is required beyond this machine")
	}
	if livenessID == "" {
		return nil, errors.New("liveness_id: empty")
	}
	nonce, err := NewNonce()
	if err != nil {
		return nil, err
	}
	sign, err := Sign(key, secret, uint64(time.Now().Unix()), nonce, validity)
	if err != nil {
		return nil, err
	}
	fields := [][2]string{{"sign", sign}, {"sign_version", "hmac_sha1"}, {"liveness_id", livenessID}}
	if uuid != nil {
		if *uuid == "" {
			return nil, errors.New("uuid: empty")
		}
		fields = append(fields, [2]string{"uuid", *uuid})
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, field := range fields {
		if !utf8.ValidString(field[1]) {
			return nil, fmt.Errorf("%s: broken text (not UTF-8)", field[0])
		}
		// Not CreateFormFile: a file name would make the part a file. Writing to memory does not fail.
		_ = form.WriteField(field[0], field[1])
	}
	_ = form.Close()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(base.String(), "/")+path, &body)
	if err != nil {
		return nil, err
	}
	// With the boundary, which a header written by hand lacks.
	request.Header.Set("Content-Type", form.FormDataContentType())
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, longestAnswer+1))
	if err != nil {
		return nil, err
	}
	if len(text) > longestAnswer {
		return nil, fmt.Errorf("the answer is longer than %d bytes", longestAnswer)
	}
	// Not a struct: its fields are found in any case. Not any: a number may be too large for it. A gateway's page
	// leaves it empty.
	var answer map[string]json.RawMessage
	_ = json.Unmarshal(text, &answer)
	// Whatever it is, an error beside a token counts.
	failure := ""
	for _, name := range []string{"error_message", "error"} {
		var value string
		if json.Unmarshal(answer[name], &value) != nil {
			value = string(answer[name])
		}
		if value != "" {
			failure = value
		}
	}
	// What is absent or no text leaves them empty.
	var token, requestID string
	_ = json.Unmarshal(answer["biz_token"], &token)
	_ = json.Unmarshal(answer["request_id"], &requestID)
	isBad := token == "" || strings.ContainsRune(token, '\uFFFD') || strings.IndexFunc(token, unicode.IsControl) >= 0
	if failure != "" || response.StatusCode != http.StatusOK || isBad {
		return nil, newError(response.StatusCode, failure, requestID)
	}
	return &Answer{token, requestID}, nil
}

func vectors(file string) (passed, failed int, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, 0, err
	}
	var all struct{ Sign []map[string]string }
	if err := json.Unmarshal(text, &all); err != nil {
		return 0, 0, err
	}
	for _, v := range all.Sign {
		issuedAt, err1 := strconv.ParseUint(v["issued_at"], 10, 64)
		validity, err2 := strconv.ParseUint(v["validity"], 10, 64)
		sign, err3 := Sign(v["api_key"], v["api_secret"], issuedAt, v["nonce"], validity)
		if err1 == nil && err2 == nil && err3 == nil && sign == v["sign"] {
			passed++
		} else {
			failed++
		}
	}
	return passed, failed, nil
}

func main() {
	switch {
	case len(os.Args) == 3 && os.Args[1] == "vectors":
		passed, failed, err := vectors(os.Args[2])
		fmt.Printf("%d passed, %d failed\n", passed, failed)
		if err != nil || passed == 0 || failed > 0 {
			os.Exit(1)
		}
	case (len(os.Args) == 4 || len(os.Args) == 5) && os.Args[1] == "token":
		// Neither from the command line, which every user of the machine can read, nor from the source.
		key, secret := os.Getenv("FACEID_API_KEY"), os.Getenv("FACEID_API_SECRET")
		var uuid *string
		if len(os.Args) == 5 {
			uuid = &os.Args[4]
		}
		answer, err := GetBizToken(context.Background(), os.Args[2], key, secret, os.Args[3], uuid)
		if err != nil {
			fmt.Fprintln(os.Stderr, "faceid:", shown(err.Error()))
			os.Exit(4)
		}
		fmt.Println(answer.BizToken)
	default:
		fmt.Fprintln(os.Stderr, "usage: faceid vectors FILE | token BASE_URL LIVENESS_ID [UUID]")
		os.Exit(2)
	}
}

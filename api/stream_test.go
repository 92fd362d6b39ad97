package api_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
)

// TestCodeListOnTheWire: a long list comes piece by piece and whole, and a client that goes away does no harm.
func TestCodeListOnTheWire(t *testing.T) {
	const count = 50_000
	c := newCounty(t)
	c.mustSend("admin", "POST /products", `{"id":"egg","name":"土鸡蛋","unit":"个","netMass":"0.05"}`, 201)
	lot := c.recordReport("park", "/harvests", fmt.Sprintf(`{"place":"park-site","lots":[{"product":"egg","quantity":%d}]}`,
		count)).Lots[0].Key
	batch := c.postSerials("park", `{"lot":"`+lot+`"}`, 201).Batch
	address := c.listen()
	get := func() *http.Response {
		return c.getList("http://" + address + "/api/v1/serials/" + batch.Key + "/codes")
	}
	gone := get()
	if _, err := gone.Body.Read(make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	if err := gone.Body.Close(); err != nil {
		t.Error(err)
	}
	res := get()
	if res.StatusCode != 200 || res.ContentLength != -1 {
		t.Errorf("status %d, length %d: want 200 and no length", res.StatusCode, res.ContentLength)
	}
	seen := map[string]bool{}
	last := ""
	for s := bufio.NewScanner(res.Body); s.Scan(); {
		last = s.Text()
		code := strings.Split(last, ",")[1]
		if seen[code] {
			t.Fatalf("%s comes twice", code)
		}
		seen[code] = true
	}
	if err := res.Body.Close(); err != nil {
		t.Error(err)
	}
	if want := fmt.Sprintf("%d,%s,%s/lot/%s/21/%s,printed", count, batch.Last, publicURL, lot, batch.Last); len(seen) != count+1 ||
		last != want {
		t.Errorf("%d lines, the last %q, want %q", len(seen), last, want)
	}
}

// listen serves the county on a loopback address until the test ends.
func (c *county) listen() (address string) {
	c.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		c.t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- c.app.Listener(l) }()
	c.t.Cleanup(func() {
		if err := c.app.Shutdown(); err != nil {
			c.t.Error(err)
		}
		if err := <-served; err != nil {
			c.t.Error(err)
		}
	})
	return l.Addr().String()
}

// getList asks for a list with the key of the park, over a connection.
func (c *county) getList(url string) *http.Response {
	c.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), "GET", url, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("X-API-Key", c.keys["park"])
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	return res
}

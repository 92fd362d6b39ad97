package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	"github.com/yousang/yousang/internal/trace"
)

// generator sends requests to a county over loopback connections, as yousang bench does.
type generator struct {
	b    *testing.B
	host *fasthttp.HostClient
	url  string
	key  string
}

func (c *county) newGenerator(b *testing.B) *generator {
	b.Helper()
	address := c.listen()
	return &generator{b: b, host: &fasthttp.HostClient{Addr: address, MaxConns: 64},
		url: "http://" + address + "/api/v1", key: c.keys["zhongyuan"]}
}

// sendRequest sends a request, a POST where there is a body, and fails the benchmark where the status is another.
func (g *generator) sendRequest(path, body string, status int) {
	req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(res)
	req.SetRequestURI(g.url + path)
	req.Header.Set("Authorization", "Bearer "+g.key)
	if body != "" {
		req.Header.SetMethod("POST")
		req.SetBodyString(body)
	}
	if err := g.host.Do(req, res); err != nil {
		g.b.Error(err)
	} else if res.StatusCode() != status {
		g.b.Errorf("status %d: %s", res.StatusCode(), res.Body())
	}
}

const oneHarvest = `{"season":"plot-1-2026","time":"2026-11-10T08:00:00+08:00","lots":[{"product":"fruit","quantity":"412.5","unit":"kg"}]}`

func BenchmarkHarvest(b *testing.B) {
	for _, conns := range []int{1, 64} {
		b.Run(fmt.Sprintf("%d connections", conns), func(b *testing.B) {
			c := newCounty(b)
			g := c.newGenerator(b)
			b.SetParallelism(max(1, conns/2))
			b.ReportAllocs()
			b.ResetTimer()
			if conns == 1 {
				for range b.N {
					g.sendRequest("/harvests", oneHarvest, 201)
				}
			} else {
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						g.sendRequest("/harvests", oneHarvest, 201)
					}
				})
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// BenchmarkBatch sends 1,000 harvests in a request.
func BenchmarkBatch(b *testing.B) {
	c := newCounty(b)
	g := c.newGenerator(b)
	item := `{"type":"harvest","body":` + oneHarvest + `}`
	body := `{"items":[` + strings.Repeat(item+",", 999) + item + `]}`
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		g.sendRequest("/batch", body, 200)
	}
	b.ReportMetric(1000*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkTrace asks for a lot made of 2,000 others.
func BenchmarkTrace(b *testing.B) {
	c := newCounty(b)
	g := c.newGenerator(b)
	var inputs []string
	for range 2 {
		var items []string
		for range 1000 {
			k := trace.NewKey()
			inputs = append(inputs, `{"lot":"`+k+`"}`)
			items = append(items, `{"type":"harvest","body":{"season":"plot-1-2026","time":"2026-11-10T08:00:00+08:00","lots":[{"product":"fruit",
				"quantity":1,"key":"`+k+`"}]}}`)
		}
		g.sendRequest("/batch", `{"items":[`+strings.Join(items, ",")+`]}`, 200)
	}
	key := trace.NewKey()
	g.sendRequest("/transformations", `{"place":"plot-1","inputs":[`+strings.Join(inputs, ",")+
		`],"outputs":[{"product":"fruit","quantity":1999,"key":"`+key+`"}]}`, 201)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		g.sendRequest("/lots/"+key+"/trace", "", 200)
	}
}

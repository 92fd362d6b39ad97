package fastpath

import "github.com/valyala/fasthttp"

// Header is a header of an answer that is the same for many answers. Its name is spelt as fasthttp spells names (fasthttp's Etag, not
// ETag).
//
// Figure: one of the parts by which a kept page reaches 84 % of the rate of bare Fiber, where 70 % are demanded (docs/performance.md,
// `yousang bench`; without the network: `go test ./web/consumer -run xxx -bench LotPage`).
//
// Remove when `yousang bench` shows 70 % of bare Fiber's rate with Fiber's own Ctx.Set.
type Header struct{ Name, Value []byte }

// SetHeaders writes headers into an answer without spelling their names again and without allocating.
func SetHeaders(h *fasthttp.ResponseHeader, list []Header) {
	for i := range list {
		h.SetCanonical(list[i].Name, list[i].Value)
	}
}

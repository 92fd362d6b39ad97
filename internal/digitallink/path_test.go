package digitallink_test

import (
	"testing"

	"github.com/yousang/yousang/internal/digitallink"
	"github.com/yousang/yousang/internal/trace"
)

// TestPaths checks the paths of codes, with and without a GTIN.
func TestPaths(t *testing.T) {
	own, withGTIN := "https://ledger.example/lot/A9DK4TXW2HQZ", "https://id.gs1.org/01/09506000134352/10/A9DK4TXW2HQZ"
	for _, row := range []struct{ name, got, want string }{
		{"lot", digitallink.LotPath(own), "/lot/A9DK4TXW2HQZ"},
		{"lot of a product with a GTIN", digitallink.LotPath(withGTIN), "/01/09506000134352/10/A9DK4TXW2HQZ"},
		{"item", digitallink.ItemPath(own, "0123456789AB"), "/lot/A9DK4TXW2HQZ/21/0123456789AB"},
		{"item of a product with a GTIN", digitallink.ItemPath(withGTIN, "0123456789AB"),
			"/01/09506000134352/10/A9DK4TXW2HQZ/21/0123456789AB"},
		{"product", digitallink.ProductPath(&trace.Product{ID: "https://ledger.example/product/juice"}), "/product/juice"},
		{"product with a GTIN", digitallink.ProductPath(&trace.Product{ID: "https://ledger.example/product/juice", GTIN: "09506000134352"}),
			"/01/09506000134352"},
	} {
		if row.got != row.want {
			t.Errorf("path of a %s: %q, want %q", row.name, row.got, row.want)
		}
	}
}

package digitallink

import (
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// gs1Resolver begins the identifiers of lots whose product has a GTIN.
const gs1Resolver = "https://id.gs1.org"

// LotPath is the path that the code of a lot opens on any server of the ledger: /01/GTIN/10/KEY where the product has a GTIN, else
// /lot/KEY.
func LotPath(lot string) string {
	if path, ok := strings.CutPrefix(lot, gs1Resolver+"/01/"); ok {
		return "/01/" + path
	}
	return "/lot/" + trace.KeyOf(lot)
}

// ItemPath is the path that the code of one item of a lot opens: the lot's, with the serial number as GS1 application identifier 21.
func ItemPath(lot, serial string) string { return LotPath(lot) + "/21/" + serial }

// ProductPath is the path that the code of a product opens: its GTIN where it has one.
func ProductPath(p *trace.Product) string {
	if p.GTIN != "" {
		return "/01/" + p.GTIN
	}
	return "/product/" + trace.KeyOf(p.ID)
}

// Package consumer is the pages that anybody may open: the provenance page 溯源页 of a lot, the page of an item, the contents of a packed
// unit, a product, the landing page with its form, and the page that says that a code is unknown. The package is a room of its own because
// these pages have no reader: they are made without script and without a cookie, show organisations and villages, and never persons,
// growers or plots. All that they may show of places is decided by Ledger.PublicPath.
package consumer

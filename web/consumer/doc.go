// Package consumer is the public pages: the provenance page 溯源页 of a lot, the page of an item, the contents of a packed unit, a product,
// the landing page with its form, and the page that says that a code is unknown. The package is a room of its own because these pages know
// no reader: the pages are made without script and without a cookie, show organisations and villages, and never persons, growers or plots.
// Ledger.PublicPath decides which places the pages may show.
package consumer

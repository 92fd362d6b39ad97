// Package diagram draws the way of a lot from village to county as SVG, once for a phone and once for a desk, with a text equivalent. The
// package is a room of its own because drawing is geometry: nothing in the package asks a ledger, and a page needs the picture only.
package diagram

// Package serial makes and reads the serial numbers printed on items (一物一码). A serial number is computed from a secret key and the item's
// index in the ledger, so that no number has to be stored, and carries a keyed check, so that a guessed number is refused before any
// look-up. See docs/adr/0009.
package serial

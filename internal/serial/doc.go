// Package serial makes and reads the serial numbers printed on items (一物一码). A number is computed from a secret key and the item's place
// in the ledger, so that none is kept, and carries a keyed check, so that a guess dies before any look-up. See docs/adr/0009.
package serial

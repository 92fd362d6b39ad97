// Package label draws QR codes: of a lot's public address, to be printed on a box or shown on a screen.
package label

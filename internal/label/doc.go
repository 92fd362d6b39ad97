// Package label draws what is printed or shown to be scanned: QR codes as SVG and PNG, and labels 标签 with such a code and what people read
// beside it, on sheets of A4 and rolls of label printers, as PDF and SVG. It has its own fonts (folder fonts) and needs none of the system.
package label

// Package label draws what is printed or shown to be scanned: QR codes as SVG and PNG, and labels 标签 that carry such a code with words for
// people beside it, on sheets of A4 and rolls of label printers 标签纸, as PDF and SVG. The PDF writer and the fonts are in internal/pdf.
package label

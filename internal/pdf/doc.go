// Package pdf writes PDF files page by page, with the two fonts that Chinese and Latin text needs. The package knows nothing of labels: a
// page takes filled squares, lines of text and straight lines at places in millimetres. The fonts (folder fonts) are part of the program,
// so that a page looks the same on every machine.
package pdf

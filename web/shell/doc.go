// Package shell is what all pages have in common: templates and style, the headers that pages are sent with, the languages, the page that
// says that something went wrong, the kept pages, and the static files. The package is a room of its own so that no other room of the pages
// can choose its own headers, or keep a page that was made for one visitor and give the page to another.
package shell

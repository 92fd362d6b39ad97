package resolver

import "strings"

// Vocabulary is the namespace of GS1's link types, as link sets write it (GS1 Web Vocabulary, where it moved to from gs1.org/voc).
const Vocabulary = "https://ref.gs1.org/voc/"

// Prefix stands for the vocabulary in a CURIE: "gs1:pip".
const Prefix = "gs1:"

// Context is the JSON-LD context that turns a link set into linked data; it belongs in a Link header or in the embedded data.
const Context = "https://ref.gs1.org/standards/resolver/linkset-context"

// The link types that our own pages have.
const (
	DefaultLink   = "gs1:defaultLink"
	Traceability  = "gs1:traceability"  // the page of a lot, an item or a packed unit
	ProductPage   = "gs1:pip"           // the page of a product
	RecallStatus  = "gs1:recallStatus"  // the page of a lot or item: it says whether it was recalled
	WhatsInTheBox = "gs1:whatsInTheBox" // the page of a packed unit
)

// namespaces are those a link type may be written with: of today, of before, and as some write it.
var namespaces = [...]string{Vocabulary, "https://gs1.org/voc/", "https://www.gs1.org/voc/"}

// NormalizeLinkType brings the value of a linkType parameter into the form of a CURIE: "https://gs1.org/voc/pip" is "gs1:pip". What is of another
// vocabulary stays as it is; no link has it.
func NormalizeLinkType(value string) string {
	for _, ns := range namespaces {
		for _, known := range [...]string{ns, "http" + strings.TrimPrefix(ns, "https")} {
			if name, ours := strings.CutPrefix(value, known); ours && name != "" {
				return Prefix + name
			}
		}
	}
	return value
}

// IsLinkset reports whether a linkType parameter asks for the link set: linkset, or all as before 2024.
func IsLinkset(value string) bool { return value == "linkset" || value == "all" }

// expandCURIE is a link type as a link set writes it.
func expandCURIE(curie string) string {
	if name, ours := strings.CutPrefix(curie, Prefix); ours {
		return Vocabulary + name
	}
	return curie
}

package resolver

import "strings"

// Vocabulary is the namespace of GS1's link types in link sets (GS1 Web Vocabulary, formerly at gs1.org/voc).
const Vocabulary = "https://ref.gs1.org/voc/"

// Prefix stands for the vocabulary in a CURIE: "gs1:pip".
const Prefix = "gs1:"

// Context is the JSON-LD context that turns a link set into linked data; its place is a Link header or the embedded data.
const Context = "https://ref.gs1.org/standards/resolver/linkset-context"

// The link types of the system's own pages.
const (
	DefaultLink   = "gs1:defaultLink"
	Traceability  = "gs1:traceability"  // the page of a lot, an item or a packed unit
	ProductPage   = "gs1:pip"           // the page of a product
	RecallStatus  = "gs1:recallStatus"  // the page of a lot or item, which shows a recall
	WhatsInTheBox = "gs1:whatsInTheBox" // the page of a packed unit
)

// namespaces are the namespaces with which requests write link types: the current one, the former one, and a common mistake.
var namespaces = [...]string{Vocabulary, "https://gs1.org/voc/", "https://www.gs1.org/voc/"}

// NormalizeLinkType writes the value of a linkType parameter as a CURIE: "https://gs1.org/voc/pip" becomes "gs1:pip". A value of another
// vocabulary stays unchanged; no link has such a type.
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

// IsLinkset reports whether a linkType parameter requests the link set: "linkset", or "all" as before 2024.
func IsLinkset(value string) bool { return value == "linkset" || value == "all" }

// expandCURIE writes a link type with its whole namespace, as link sets do.
func expandCURIE(curie string) string {
	if name, ours := strings.CutPrefix(curie, Prefix); ours {
		return Vocabulary + name
	}
	return curie
}

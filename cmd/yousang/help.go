package main

import "github.com/alecthomas/kong"

// helpTexts are the sentences of --help that are too long for the tag of a field. A tag names its sentence: help:"${store}".
var helpTexts = kong.Vars{
	"bench_store": "MongoDB to measure instead of the embedded store: mongodb://HOST,HOST; databases of " +
		"the measurement's own are made there and dropped.",
	"demo_store": "Store for the demo's ledger instead of a file in --data; filled where it is empty.",
	"import_org": "Organisation that imports (slug or URI); where absent it is the one the " +
		"file names, with an admin's rights.",
	"new_public_url": "Address that codes and links show; the identity of a new ledger where --namespace is absent.",
	"regions": "Table of address ranges and their regions (CSV, see docs/regions.md), for where codes " +
		"are looked up. No region is kept where absent.",
	"trusted_proxy": "Reverse proxies whose X-Forwarded-For is believed, addresses or ranges with commas between. " +
		"None where absent: the address of the connection counts.",
	"public_url": "Address that codes and links show. http://LISTEN where absent, which is good for trying out only.",
	"store":      "Where the ledger is: sqlite:PATH, or mongodb://HOST,HOST/DATABASE.",
	"namespace": "Identity of a new ledger: an address of the county's own, fixed for good. The public URL " +
		"where absent; one made up, where that is absent too.",
}

// Package scan counts how often a code was looked up and gives copied codes away.
//
// A Counter counts page views of lots and items in memory and writes them to the store once a second: a page never waits for it, and a
// program that is killed loses at most what came since, about a second. What is kept of a view is the code, the day, a coarse region of
// six digits from a table of the operator's own (Regions) and a count: no address, no time of a single view beyond the first and the last
// of a day, nothing of the device. Evaluate holds these counts against what the ledger says of an item; what it finds is a warning on the
// item's page and a Case for the bureau, never a freeze: whoever copies a code, or plays with one, must not be able to stop a real item.
package scan

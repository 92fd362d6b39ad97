// Package scan counts how often a code was looked up and finds signs of copied codes.
//
// A Counter counts page views of lots and items in memory and writes the counts to the store once a second: a page never waits for the
// store, and a program that is killed loses the views of about one second. The store keeps of a view the code, the day, a coarse region of
// six digits from the operator's own table (Regions) and a count: no address, no time of a single view beyond the first and the last of a
// day, nothing of the device. EvaluateRules compares these counts with the ledger's facts about an item. A finding becomes a warning on the
// item's page and a Case 线索 for the bureau, never a hold: a person who copies a code, or plays with one, must not be able to stop a real
// item.
package scan

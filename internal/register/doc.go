// Package register imports the registers that co-operatives and cocoon stations keep in Excel or CSV (采收登记表, 鲜茧收购台账), as the
// clerk hands the file over: title rows, daily sums, five spellings of a date, full-width digits, 斤 beside 公斤. Good rows become
// harvests, bad rows are reported by sheet, row and column in the clerk's words, and the mended file can be imported again without
// recording anything twice.
//
// The package is the file edge of internal/app: rows become reports and master data of the application layer, which asks for rights, and
// the rules stay in the ledger. What the package checks by itself are the cells, what the cells of one file say about one another, and
// repeats.
//
// Two rows are distinguished by their content, never by their place: the client id of a row is made of the kind of register, organisation,
// day, grower, plot or village, quantity and count. A row that was moved, or inserted, changes nothing for the other rows. Since the
// quantity is part of the id, two deliveries of one grower on one day are two rows, and a row whose quantity was changed after its import
// looks like a new row. So before a new row is added, the lots of the same day, grower and place in the ledger are compared with the file:
// a lot that no row accounts for means that the row was changed, and the row is reported and not added.
package register

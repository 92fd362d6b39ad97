// Package register takes in the registers that co-operatives and cocoon stations keep in Excel or CSV (采收登记表, 鲜茧收购台账), as the
// clerk hands them over: title rows, daily sums, five spellings of a date, full-width digits, 斤 beside 公斤. Good rows become harvests,
// bad rows are reported by sheet, row and column in the clerk's words, and the mended file can be taken in again without doubling
// anything.
//
// What tells two rows apart is what they say, never where they stand: a row's client id is made of the kind of register, organisation,
// day, grower, plot or village, quantity and count. A row moved, or one put in between, changes nothing for the others. Since the
// quantity is part of the id, two deliveries of one grower on one day are two rows; and a row whose quantity was changed after it had
// been taken in looks like a new one. So before a new row is added, the lots of the same day, grower and place already in the ledger are
// looked at: one that no row of the file accounts for means that the row was changed, and that is reported, not added.
package register

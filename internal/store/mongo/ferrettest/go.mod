module github.com/yousang/yousang/internal/store/mongo/ferrettest

go 1.26.0

replace github.com/yousang/yousang => ../../../..

require github.com/FerretDB/FerretDB v1.24.2 // indirect

module github.com/yousang/yousang

go 1.26

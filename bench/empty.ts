/** As good as nothing: what it takes is the start of tsx. */

process.exitCode = 0

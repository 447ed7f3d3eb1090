// Marks in a Node function's log where an invocation ends; runs before the function's code.
//
// MiniStack reads the answers from one pipe, and the log from another: it can't tell when it has all of it.

const fs = require("fs");

/**
 * Write a mark into the log, as the end of a line, before each answer to an invocation.
 *
 * What is logged is waited for: else Node would write what a pipe can't hold after the mark.
 */
exports.markEnds = function (mark) {
  const answer = process.stdout.write.bind(process.stdout);
  const log = fs.writeSync;
  process.stderr._handle.setBlocking(true);
  let loaded = false; // the first answer says that the function is loaded
  process.stdout.write = function (...args) {
    try {
      if (loaded) log(2, `${mark}\n`);
    } catch {} // the function has closed its log
    loaded = true;
    return answer(...args);
  };
};

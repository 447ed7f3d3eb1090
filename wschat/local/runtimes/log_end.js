// Marks in a Node function's log where an invocation ends; runs before the function's code.
//
// MiniStack reads the answers from one pipe, and the log from another: it can't tell when it has all of it.

const fs = require("fs");

/** Write a mark into the log, as the end of a line, before each answer to an invocation. */
exports.markEnds = function (mark) {
  const answer = process.stdout.write.bind(process.stdout);
  const log = fs.writeSync;
  let loaded = false; // the first answer says that the function is loaded
  process.stdout.write = function (...args) {
    if (loaded) log(2, `${mark}\n`);
    loaded = true;
    return answer(...args);
  };
};

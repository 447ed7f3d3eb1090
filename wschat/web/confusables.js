// The page of wschat: Unicode's table of letters that look alike, put in as it is served (page.py).
// © 2025 Unicode, Inc., under the Unicode License v3: https://www.unicode.org/license.txt

export const TABLE = "the table"; // how far each letter is from the one before, then in lines the prototypes

namespace Recon.Dataflow.Tests.Extract;

/// <summary>
/// What the reader must make of CSV texts. Each case follows the header <c>id,name</c>. Records are written
/// <c>id|name</c> and rejects <c>line:reason</c>, each list separated by <c> / </c>; \n, \r, \t, \0 stand for themselves.
/// </summary>
internal static class ConformanceCases
{
    /// <summary>RFC 4180 and quoting.</summary>
    public static readonly string[][] Quotes =
    [
        ["plain", @"1,a", "1|a", ""],
        ["quoted", @"1,""a""", "1|a", ""],
        ["both quoted", @"""1"",""a""", "1|a", ""],
        ["quoted delimiter", @"1,""a,b""", "1|a,b", ""],
        ["quoted line feed", @"1,""a\nb""", @"1|a\nb", ""],
        ["quoted carriage return", @"1,""a\rb""", @"1|a\rb", ""],
        ["quoted CR LF", @"1,""a\r\nb""", @"1|a\r\nb", ""],
        ["quoted blank line", @"1,""a\n\nb""", @"1|a\n\nb", ""],
        ["doubled quote", @"1,""a """"b"""" c""", @"1|a ""b"" c", ""],
        ["only a doubled quote", @"1,""""""""", @"1|""", ""],
        ["two doubled quotes", @"1,""""""""""""", @"1|""""", ""],
        ["doubled quote first", @"1,""""""a""", @"1|""a", ""],
        ["doubled quote last", @"1,""a""""""", @"1|a""", ""],
        ["doubled quote at a line end", @"1,""a""""\nb""", @"1|a""\nb", ""],
        ["doubled quote and delimiter", @"1,""a"""",b""", @"1|a"",b", ""],
        ["empty quoted", @"1,""""", "1|", ""],
        ["empty unquoted", @"1,", "1|", ""],
        ["quoted spaces are trimmed", @"1,""  a  """, "1|a", ""],
        ["apostrophes are text", @"1,'a'", "1|'a'", ""],
        ["backslash is text", @"1,a\\b", @"1|a\\b", ""],
        ["backslash does not escape", @"1,""a\\""", @"1|a\\", ""],
        ["quoted record then plain", @"1,""a""\n2,b", "1|a / 2|b", ""],
        ["quoted multi-line then plain", @"1,""a\nb""\n2,c", @"1|a\nb / 2|c", ""],
        ["quoted id over lines", @"""1\n"",a", "1|a", ""],
        ["quoted header-like record", @"""id"",""name""", "id|name", ""],
        ["formula is text", @"1,=1+2", "1|=1+2", ""],
        ["quoted formula", @"1,""=HYPERLINK(""""x"""")""", @"1|=HYPERLINK(""x"")", ""],
        ["comment sign is text", @"#1,a", "#1|a", ""],
        ["sep line is a record", @"sep=,", "sep=|", ""],
        ["multi-line in every record", @"1,""a\n""\n2,""b\n""", "1|a / 2|b", ""],
        ["quoted delimiter only", @"1,"",""", "1|,", ""],
        ["quoted line feed only is null", @"1,""\n""", "1|", ""],
    ];

    /// <summary>Broken quoting: the line is rejected, what follows is read.</summary>
    public static readonly string[][] BrokenQuotes =
    [
        ["stray quote", @"1,a""b\n2,c", "2|c", "2:stray-quote"],
        ["stray quote last", @"1,ab""\n2,c", "2|c", "2:stray-quote"],
        ["stray pair", @"1,a""b""c\n2,c", "2|c", "2:stray-quote"],
        ["inch sign", @"1,5"" pipe\n2,c", "2|c", "2:stray-quote"],
        ["space before quote", @"1, ""a""\n2,c", "2|c", "2:stray-quote"],
        ["tab before quote", @"1,\t""a""\n2,c", "2|c", "2:stray-quote"],
        ["text after quote", @"1,""a""b\n2,c", "2|c", "2:text-after-quote"],
        ["space after quote", @"1,""a"" \n2,c", "2|c", "2:text-after-quote"],
        ["quote inside quotes", @"1,""say ""hi"" now""\n2,c", "2|c", "2:text-after-quote"],
        ["unclosed, then plain", @"1,""a\n2,c", "2|c", "2:unterminated-quote"],
        ["unclosed, then quoted", @"1,""a\n2,""c""\n3,d", "2|c / 3|d", "2:unterminated-quote"],
        ["unclosed, then empty quoted", @"1,""a\n2,""""\n3,d", "2| / 3|d", "2:unterminated-quote"],
        ["unclosed twice", @"1,""a\n2,""b\n3,d", "3|d", "2:unterminated-quote / 3:unterminated-quote"],
        ["unclosed with a good one between", @"1,""a\n2,b\n3,""c\n4,d", "2|b / 4|d", "2:unterminated-quote / 4:unterminated-quote"],
        ["unclosed last", @"1,a\n2,""b", "1|a", "3:unterminated-quote"],
        ["unclosed last with line end", @"1,a\n2,""b\n", "1|a", "3:unterminated-quote"],
        ["unclosed id", @"""1,a\n2,b", "2|b", "2:unterminated-quote"],
        ["lone quote line", "\"\\n2,b", "2|b", "2:unterminated-quote"],
        ["three quotes", "\"\"\"\\n2,b", "2|b", "2:unterminated-quote"],
        ["escaped quote then the end", @"1,""a""""\n2,b", "2|b", "2:unterminated-quote"],
        ["stray then multi-line", @"1,a""b,""x\n2,c", "2|c", "2:stray-quote"],
        ["unclosed with CR LF", @"1,""a\r\n2,c\r\n", "2|c", "2:unterminated-quote"],
        ["unclosed with bare CR", @"1,""a\r2,c\r", "2|c", "2:unterminated-quote"],
        ["blank lines after an unclosed", @"1,""a\n\n\n2,c", "2|c", "2:unterminated-quote"],
        ["unclosed, then multi-line", @"1,""a\n2,""b\nc""\n3,d", @"2|b\nc / 3|d", "2:unterminated-quote"],
        ["backslash quote", @"1,""a\\""b""\n2,c", "2|c", "2:text-after-quote"],
        ["bad, bad, good", @"1,a""\n2,""b""x\n3,c", "3|c", "2:stray-quote / 3:text-after-quote"],
        ["stray in the id", @"1"",a\n2,b", "2|b", "2:stray-quote"],
        ["mark before quote", "1,\uFEFF\"a\"\\n2,b", "2|b", "2:stray-quote"],
        ["quotes around a quote", "1,\"a\"b\"\\n2,b", "2|b", "2:text-after-quote"],
        ["many unclosed", @"1,""\n2,""\n3,""x\n4,d", @"1|2, / 4|d", "4:unterminated-quote"],
    ];

    /// <summary>Line ends and blank lines.</summary>
    public static readonly string[][] Lines =
    [
        ["no final line end", @"1,a", "1|a", ""],
        ["final LF", @"1,a\n", "1|a", ""],
        ["final CR LF", @"1,a\r\n", "1|a", ""],
        ["final CR", @"1,a\r", "1|a", ""],
        ["LF", @"1,a\n2,b\n", "1|a / 2|b", ""],
        ["CR LF", @"1,a\r\n2,b\r\n", "1|a / 2|b", ""],
        ["bare CR", @"1,a\r2,b\r", "1|a / 2|b", ""],
        ["mixed", @"1,a\r2,b\n3,c\r\n4,d", "1|a / 2|b / 3|c / 4|d", ""],
        ["LF CR", @"1,a\n\r2,b", "1|a / 2|b", ""],
        ["blank line between", @"1,a\n\n2,b", "1|a / 2|b", ""],
        ["blank CR LF between", @"1,a\r\n\r\n2,b", "1|a / 2|b", ""],
        ["blank CR between", @"1,a\r\r2,b", "1|a / 2|b", ""],
        ["blank lines first", @"\n\n1,a", "1|a", ""],
        ["blank lines last", @"1,a\n\n\n", "1|a", ""],
        ["only blank lines", @"\n\r\n\r", "", ""],
        ["nothing after the header", "", "", ""],
        ["line numbers over blanks", @"1,a\n\n\n2", "1|a", "5:field-count"],
        ["line numbers over a note", @"1,""a\nb\nc""\n2", @"1|a\nb\nc", "5:field-count"],
        ["line numbers over a CR LF note", @"1,""a\r\nb""\r\n2", @"1|a\r\nb", "4:field-count"],
        ["line numbers over a CR note", @"1,""a\rb""\r2", @"1|a\rb", "4:field-count"],
        ["line of spaces", @"1,a\n   \n2,b", "1|a / 2|b", "3:field-count"],
        ["line of a tab", @"1,a\n\t\n2,b", "1|a / 2|b", "3:field-count"],
        ["vertical tab is no line end", @"1,a" + "\vb", "1|a\vb", ""],
        ["form feed is no line end", @"1,a" + "\fb", "1|a\fb", ""],
        ["U+2028 is no line end", "1,a\u2028b", "1|a\u2028b", ""],
        ["U+0085 is no line end", "1,a\u0085b", "1|a\u0085b", ""],
        ["control character inside", "1,a\u0001b", "1|a\u0001b", ""],
        ["quoted empty line", @"""""", "", "2:field-count"],
    ];

    /// <summary>Too few and too many fields.</summary>
    public static readonly string[][] Ragged =
    [
        ["too few", @"1\n2,b", "2|b", "2:field-count"],
        ["too many", @"1,a,x\n2,b", "2|b", "2:field-count"],
        ["too many, empty", @"1,a,\n2,b", "2|b", "2:field-count"],
        ["far too many", @"1,,,,,,,,\n2,b", "2|b", "2:field-count"],
        ["only delimiters", @",", "", "2:id-missing"],
        ["too few last", @"1,a\n2", "1|a", "3:field-count"],
        ["cut after the delimiter", @"1,a\n2,", "1|a / 2|", ""],
        ["unquoted delimiter in a value", @"1,a,b\n2,c", "2|c", "2:field-count"],
        ["wrong delimiter", @"1;a\n2,b", "2|b", "2:field-count"],
        ["good, few, many, good", @"1,a\n2\n3,c,d\n4,e", "1|a / 4|e", "3:field-count / 4:field-count"],
        ["multi-line with too many", @"1,""a\nb"",x\n2,b", "2|b", "2:field-count"],
        ["one word", @"total", "", "2:field-count"],
    ];

    /// <summary>White space around values, and null spellings.</summary>
    public static readonly string[][] Values =
    [
        ["leading space", @"1, a", "1|a", ""],
        ["trailing space", @"1,a ", "1|a", ""],
        ["tabs", @"1,\ta\t", "1|a", ""],
        ["NBSP", "1,\u00A0a\u00A0", "1|a", ""],
        ["narrow NBSP", "1,\u202Fa\u202F", "1|a", ""],
        ["zero width space", "1,\u200Ba\u200B", "1|a", ""],
        ["zero width joiner", "1,\u200Da\u200C", "1|a", ""],
        ["word joiner", "1,\u2060a\u2060", "1|a", ""],
        ["byte order mark inside", "1,\uFEFFa", "1|a", ""],
        ["ideographic space", "1,\u3000a", "1|a", ""],
        ["en space", "1,\u2002a", "1|a", ""],
        ["mixed white space", "1, \u00A0\u200B a\u00A0 \t", "1|a", ""],
        ["inner white space stays", "1,a \u00A0 b", "1|a \u00A0 b", ""],
        ["inner zero width stays", "1,a\u200Bb", "1|a\u200Bb", ""],
        ["only white space is null", "1, \u00A0 ", "1|", ""],
        ["NULL", @"1,NULL", "1|", ""],
        ["quoted NULL", @"1,""NULL""", "1|", ""],
        ["padded NULL", @"1, NULL ", "1|", ""],
        ["NBSP-padded NULL", "1,\u00A0NULL", "1|", ""],
        ["null in lower case is text", @"1,null", "1|null", ""],
        ["N/A", @"1,N/A", "1|", ""],
        ["dash", @"1,-", "1|", ""],
        ["two dashes are text", @"1,--", "1|--", ""],
        ["#AUTO#", @"1,#AUTO#", "1|", ""],
        ["NULL inside is text", @"1,NULLABLE", "1|NULLABLE", ""],
        ["accents", "1,Éàüñ", "1|Éàüñ", ""],
        ["emoji", "1,😀", "1|😀", ""],
        ["combining accents stay", "1,e\u0301", "1|e\u0301", ""],
        ["replacement character stays", "1,a\uFFFD", "1|a\uFFFD", ""],
        ["right to left", "1,שלום", "1|שלום", ""],
        ["a C2 lead is no space", "1,©", "1|©", ""],
        ["NUL", @"1,a\0b\n2,c", "2|c", "2:nul-character"],
        ["NUL in quotes", @"1,""a\0""\n2,c", "2|c", "2:nul-character"],
        ["NUL line", @"\0\n2,c", "2|c", "2:nul-character"],
        ["NUL in the id", @"1\0,a\n2,c", "2|c", "2:nul-character"],
    ];

    /// <summary>Legacy ids declared as text.</summary>
    public static readonly string[][] TextIds =
    [
        ["padded", @" 1 ,a", "1|a", ""],
        ["NBSP", "\u00A01\u00A0,a", "1|a", ""],
        ["empty", @",a", "", "2:id-missing"],
        ["quoted empty", @""""",a", "", "2:id-missing"],
        ["NULL", @"NULL,a", "", "2:id-missing"],
        ["spaces", @"   ,a", "", "2:id-missing"],
        ["tail stays", @"1.0,a", "1.0|a", ""],
        ["path", @"x/y/Z01,a", "x/y/Z01|a", ""],
        ["hexadecimal", @"0A1B,a", "0A1B|a", ""],
        ["missing between good ones", @"1,a\n,b\n3,c", "1|a / 3|c", "3:id-missing"],
    ];

    /// <summary>Legacy ids declared as numbers.</summary>
    public static readonly string[][] NumberIds =
    [
        ["digits", @"123,a", "123|a", ""],
        ["padded", @" 123 ,a", "123|a", ""],
        ["NBSP", "\u00A0123,a", "123|a", ""],
        ["zero width", "\u200B123,a", "123|a", ""],
        ["one zero tail", @"123.0,a", "123|a", ""],
        ["two zero tail", @"123.00,a", "123|a", ""],
        ["point without zeros", @"123.,a", "", "2:id-malformed"],
        ["fraction", @"123.5,a", "", "2:id-malformed"],
        ["tail with a digit", @"123.01,a", "", "2:id-malformed"],
        ["two tails", @"123.0.0,a", "", "2:id-malformed"],
        ["leading zeros stay", @"00123,a", "00123|a", ""],
        ["thousands", @"""1,234"",a", "", "2:id-malformed"],
        ["thousands by NBSP", "1\u00A0234,a", "", "2:id-malformed"],
        ["scientific", @"1.23E+05,a", "", "2:id-malformed"],
        ["short scientific", @"1e5,a", "", "2:id-malformed"],
        ["full width", "１２３,a", "", "2:id-malformed"],
        ["arabic digits", "١٢٣,a", "", "2:id-malformed"],
        ["negative", @"-1,a", "", "2:id-malformed"],
        ["plus", @"+1,a", "", "2:id-malformed"],
        ["letters", @"12A,a", "", "2:id-malformed"],
        ["only a point", @".0,a", "", "2:id-malformed"],
        ["comma tail", @"""1,0"",a", "", "2:id-malformed"],
        ["inner space", @"1 2,a", "", "2:id-malformed"],
        ["inner zero width", "1\u200B2,a", "", "2:id-malformed"],
        ["beyond 64 bits", @"99999999999999999999,a", "99999999999999999999|a", ""],
        ["empty", @",a", "", "2:id-missing"],
        ["NULL", @"NULL,a", "", "2:id-missing"],
    ];
}

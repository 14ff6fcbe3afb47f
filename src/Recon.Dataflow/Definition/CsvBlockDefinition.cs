using Recon.Dataflow.Batches;
using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Definition;

/// <summary>What is done about text that was decoded wrongly before it reached the file.</summary>
internal enum Repair
{
    /// <summary>It is reported and left alone.</summary>
    None,

    /// <summary>UTF-8 that somebody read as Latin-1 or cp1252 is turned back.</summary>
    Latin1,
}

/// <summary>What is done with a file that ends in the middle of a record.</summary>
internal enum OnCut
{
    /// <summary>Nothing of it is published.</summary>
    Refuse,

    /// <summary>The record is rejected, and a warning says so.</summary>
    Accept,
}

[Kind("csv", "Reads the records of a CSV export, strictly: what is malformed is rejected with its line, byte offset, reason and raw text.")]
internal sealed record CsvBlockDefinition : BlockDefinition
{
    /// <summary>The file, relative to the definition, which may hold <c>*</c> and <c>?</c> and end in <c>.gz</c>, the address of an object, or <c>-</c>.</summary>
    [Option("The file, relative to the definition. May hold * and ? (several files, in ordinal order), end in .gz, be the address of one object in storage (s3://BUCKET/KEY or https://…), or be - for standard input (which cannot be resumed).", Required = true)]
    public string Path { get; init; } = "";

    /// <summary>The path as people may see it: the query of an address may hold a secret.</summary>
    public string ShownPath => ObjectAddress.Shown(Path);

    [Option("The column that holds the legacy id.", Required = true)]
    public string Id { get; init; } = "";

    [Option("How the legacy id is written. \"number\" removes a trailing .0 and rejects anything but digits; \"text\" only trims.")]
    public IdType IdType { get; init; } = IdType.Text;

    [Option("Which spellings of an id are one key, in the file and in the mirror: \"exact\", \"trim\" (white space around it), \"decimal\" (also a .0 tail), \"no-leading-zeros\" (also zeros in front). Records are staged under the id of the file. Other than exact, the query needs an index on an expression, which recon check states.", Later = true)]
    public IdForm IdForm { get; init; } = IdForm.Exact;

    [Option("Whether the first record names the columns. When false, \"columns\" names them.")]
    public bool Header { get; init; } = true;

    [Option("The column names, in order, of a file without a header.")]
    public IReadOnlyList<string>? Columns { get; init; }

    [Option("The field separator: one ASCII character, control characters such as \"\\u001f\" included, or \"tab\", \"unit-separator\", \"record-separator\", \"group-separator\" or \"file-separator\".")]
    public string Delimiter { get; init; } = ",";

    [Option("The quote: one ASCII character; \"none\" where quotes are ordinary text, as in what SSMS saves from a grid.")]
    public string Quote { get; init; } = "\"";

    [Option("How a quote, delimiter or line end inside a value is written. \"doubled\": in quotes, and a quote twice. \"backslash\": behind a backslash, in quotes and without; \\n, \\r, \\t, \\b, \\f, \\v and \\Z are control characters, a lone \\N is no value, and before all else the backslash is left out.", Later = true)]
    public FieldEscape Escape { get; init; } = FieldEscape.Doubled;

    [Option("The control character that ends a record, such as \"record-separator\"; line ends are then text, and line numbers count these separators. Default: a line end.")]
    public string? RecordSeparator { get; init; }

    [Option("Encoding of the file: utf-8, utf-16, utf-16le, utf-16be, or a code page of .NET by a usual name, such as windows-1252 (cp1252, ansi), iso-8859-1 (latin1), iso-8859-15, macintosh, cp850, big5, shift_jis or gb18030. A byte order mark that contradicts it is rejected.")]
    public string Encoding { get; init; } = "utf-8";

    [Option("Maximum length of a record, in bytes of UTF-8. The first line of a longer one is rejected and reading goes on with the next line: it is nearly always a quote that was never closed.", Minimum = 1_024, Maximum = 268_435_456)]
    public int MaxRecordBytes { get; init; } = 16 * 1024 * 1024;

    [Option("Texts that mean \"no value\", instead of those of \"defaults\".")]
    public IReadOnlyList<string>? Nulls { get; init; }

    [Option("Texts that mean \"no value\" in single columns, instead of the pipeline's.")]
    public IReadOnlyDictionary<string, IReadOnlyList<string>> NullsByColumn { get; init; }
        = new Dictionary<string, IReadOnlyList<string>>();

    [Option("Records that are left out, and counted by filter. The first filter that holds decides.")]
    public IReadOnlyList<ConditionDefinition> Exclude { get; init; } = [];

    /// <summary>What is done about mojibake. Default: none, it is only reported.</summary>
    [Option("\"latin1\" turns UTF-8 that was once read as Latin-1 back (Ã© becomes é). Otherwise it is only reported.")]
    public Repair Repair { get; init; } = Repair.None;

    [Option("What is done with a file that ends in the middle of a record: inside quotes with fields missing, after too few fields and without a line end, or with zero bytes. \"refuse\": nothing is published. \"accept\": that record is rejected, with a warning. A cut that falls between two records cannot be seen.", Later = true)]
    public OnCut OnCut { get; init; } = OnCut.Refuse;
}

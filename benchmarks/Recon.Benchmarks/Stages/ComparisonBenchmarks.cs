using System.Text;
using BenchmarkDotNet.Attributes;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Benchmarks.Stages;

/// <summary>How alike two values are.</summary>
public enum Likeness
{
    /// <summary>Byte by byte, which is seen before a comparison is asked.</summary>
    SameBytes,

    /// <summary>By meaning.</summary>
    SameMeaning,

    /// <summary>Not at all.</summary>
    Different,
}

/// <summary>Equality of two values by kind, as the differ finds it: bytes first, then the meaning. Per pair.</summary>
public class ComparisonBenchmarks
{
    private const int Pairs = 100;

    private static readonly Dictionary<string, (string Value, string Same, string Different)> s_texts = new()
    {
        ["text"] = ("offer of May,\r\nsecond draft\u00A0", "offer of May,\nsecond draft", "offer of May,\nthird draft"),
        ["text-ignoring-whitespace"] = ("12  rue du Moulin", "12 rue du Moulin", "12 rue du Four"),
        ["number"] = ("1700.0", "1.7E3", "1700.5"),
        ["boolean"] = ("true", "YES", "false"),
        ["date"] = ("2024-01-05", "1704412800000", "2024-01-06"),
        ["datetime"] = ("2024-01-05T00:00:00Z", "2024-01-05 01:00:00+01", "2024-01-05T00:00:01Z"),
        ["enumeration"] = ("CUSTOMER", " CUSTOMER", "SUPPLIER"),
        ["multi-select"] = ("a;b;c", "c;a;b", "a;b;d"),
        ["domain"] = ("acme.example", "WWW.ACME.EXAMPLE", "acme.test"),
        ["url"] = ("https://acme.example", "http://ACME.example/", "https://acme.example/about"),
        ["email"] = ("anne@acme.example", "Anne@ACME.example", "anna@acme.example"),
        ["phone"] = ("+33612345678", "06 12 34 56 78", "+33612345679"),
    };

    private readonly Utf8Scratch _scratch = new();
    private IComparison _comparison = null!;
    private byte[] _left = [];
    private byte[] _right = [];

    /// <summary>The kind of comparison.</summary>
    [ParamsSource(nameof(Kinds))]
    public string Kind { get; set; } = "";

    /// <summary>The kinds of comparison that have texts here.</summary>
    public static IEnumerable<string> Kinds => s_texts.Keys;

    /// <summary>How alike the values are.</summary>
    [ParamsAllValues]
    public Likeness Values { get; set; }

    /// <summary>Makes comparison and values.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _comparison = ValueKinds.Comparisons.Select(kind => (ComparisonDefinition)Activator.CreateInstance(kind)!)
            .Single(definition => definition.Kind == Kind)
            .Compile(new ConversionContext(new DefaultsDefinition(), "", AllowPathsOutside: false));
        (string value, string same, string different) = s_texts[Kind];
        _left = Encoding.UTF8.GetBytes(value);
        _right = Encoding.UTF8.GetBytes(Values switch
        {
            Likeness.SameBytes => value,
            Likeness.SameMeaning => same,
            _ => different,
        });
        if (AreEqual() != (Values == Likeness.Different ? 0 : Pairs))
        {
            throw new InvalidOperationException($"{Kind} does not find that '{value}' and '{Encoding.UTF8.GetString(_right)}' are {Values}.");
        }
    }

    /// <summary>Compares.</summary>
    [Benchmark(OperationsPerInvoke = Pairs)]
    public int AreEqual()
    {
        int equal = 0;
        for (int pair = 0; pair < Pairs; pair++)
        {
            _scratch.Reset();
            equal += _left.AsSpan().SequenceEqual(_right) || _comparison.AreEqual(_left, _right, _scratch) ? 1 : 0;
        }

        return equal;
    }
}

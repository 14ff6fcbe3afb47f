using Recon.Dataflow.Text;
using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Text;
using Recon.Dataflow.Values.Time;
using Recon.Dataflow.Values.Web;

namespace Recon.Dataflow.Values;

/// <summary>The comparisons by meaning, by kind.</summary>
internal static class Comparison
{
    /// <summary>Makes the comparison of a kind. Thread-safe, to be made once per property.</summary>
    /// <param name="context">The telephone region of numbers without a country code.</param>
    /// <exception cref="ConversionSetupException">The default telephone region is none.</exception>
    public static IComparison For(ComparisonKind kind, ConversionContext context)
        => kind switch
        {
            ComparisonKind.Text => new TextComparison(ignoreWhiteSpace: false),
            ComparisonKind.TextIgnoringWhitespace => new TextComparison(ignoreWhiteSpace: true),
            ComparisonKind.Number => new NumberComparison(),
            ComparisonKind.Boolean => new ConvertedComparison("boolean", new BooleanConversion(new BooleanDefinition())),
            ComparisonKind.Date => new TimeComparison(dayOnly: true),
            ComparisonKind.Datetime => new TimeComparison(dayOnly: false),
            ComparisonKind.Enumeration => new EnumerationComparison(),
            ComparisonKind.MultiSelect => new MultiSelectComparison(),
            ComparisonKind.Domain => new ConvertedComparison("domain", new DomainConversion()),
            ComparisonKind.Url => new ConvertedComparison("url", new UrlConversion(ignoreScheme: true)),
            ComparisonKind.Email => new ConvertedComparison("email", new EmailConversion()),
            ComparisonKind.Phone => new ConvertedComparison("phone", new PhoneConversion(context.Defaults.PhoneRegion)),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown comparison."),
        };
}

/// <summary>The same when a conversion makes the same text of both; what it cannot read equals only itself.</summary>
internal sealed class ConvertedComparison(string kind, IConversion conversion) : IComparison
{
    public string Kind => kind;

    public bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Utf8Scratch scratch)
    {
        ConvertedValue one = conversion.Convert(left, scratch);
        ConvertedValue other = conversion.Convert(right, scratch);
        return one.Failed == other.Failed
            && (one.Failed ? WrongData.AreEqual(left, right) : one.Text.SequenceEqual(other.Text));
    }
}

/// <summary>The same internal value, case included.</summary>
internal sealed class EnumerationComparison : IComparison
{
    public string Kind => "enumeration";

    public bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Utf8Scratch scratch)
        => WrongData.AreEqual(left, right);
}

/// <summary>Values that are not of the property's type: they equal only the same text.</summary>
internal static class WrongData
{
    internal static bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
        => Utf8WhiteSpace.Trim(left).SequenceEqual(Utf8WhiteSpace.Trim(right));
}

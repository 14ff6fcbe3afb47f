using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Recon.Dataflow.Binding;

/// <summary>How much of something is tolerated: a count (<c>100</c>) or a share (<c>5%</c>).</summary>
internal readonly record struct Limit(decimal Value, bool IsShare)
{
    /// <summary>What a text must be, as the end of a message.</summary>
    public const string Rule = "must be a count such as \"100\" or a share from \"0%\" to \"100%\"";

    /// <summary>The same as a regular expression, for editors.</summary>
    public const string Pattern = @"^([0-9]+|(100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?)%)$";

    public static bool TryParse([NotNullWhen(true)] string? text, out Limit limit)
    {
        limit = default;
        if (text?.EndsWith('%') == true)
        {
            bool isShare = decimal.TryParse(text.AsSpan()[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal share)
                && share <= 100;
            limit = new Limit(share, true);
            return isShare;
        }

        bool isCount = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long count);
        limit = new Limit(count, false);
        return isCount;
    }

    /// <exception cref="FormatException">The text is no limit.</exception>
    public static Limit Parse(string text)
        => TryParse(text, out Limit limit) ? limit : throw new FormatException($"'{text}' {Rule}.");

    /// <summary>Whether more was seen than is tolerated.</summary>
    /// <param name="of">What a share is a share of.</param>
    public bool IsExceededBy(long seen, long of) => seen > (IsShare ? of * Value / 100 : Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture) + (IsShare ? "%" : "");
}

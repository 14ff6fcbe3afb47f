using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Number;

/// <summary>What numbers and integers have in common: how they are written.</summary>
internal abstract record NumericDefinition : ConversionDefinition, ISelfValidating
{
    internal const double SmallestScale = 1e-12;
    internal const double LargestScale = 1e12;
    private static readonly string[] s_currencies = ["$", "USD", "£", "GBP", "CHF", "Fr.", "¥", "kr", "zł"];

    [Option("How numbers are written: invariant 1234.5, en 1,234.5, fr 1 234,5 (any space), de 1.234,5, ch 1'234.5. Declared, never guessed.")]
    public NumberCulture Culture { get; init; } = NumberCulture.Invariant;

    [Option("The decimal separator, one character, instead of the culture's.")]
    public string? DecimalSeparator { get; init; }

    [Option("The thousands separator, one character (a space matches any space), instead of the culture's. Empty: none.")]
    public string? GroupSeparator { get; init; }

    [Option("Currency signs and codes that may come before or after the number. Any other makes the value fail.")]
    public IReadOnlyList<string> Currency { get; init; } = ["€", "EUR"];

    [Option("What the number is multiplied by: 1000 for an amount in k€. Above 0, at most 15 significant digits.")]
    public double Scale { get; init; } = 1;

    /// <summary>The decimal separator that applies.</summary>
    public string Point => DecimalSeparator ?? (Culture is NumberCulture.Fr or NumberCulture.De ? "," : ".");

    /// <summary>The thousands separator that applies; a space stands for any space; empty for none.</summary>
    public string Group => GroupSeparator ?? Culture switch
    {
        NumberCulture.En => ",",
        NumberCulture.Fr => " ",
        NumberCulture.De => ".",
        NumberCulture.Ch => "'",
        _ => "",
    };

    internal sealed override ComparisonDefinition Produces => new NumberComparisonDefinition();

    public IEnumerable<(string Member, string Message)> Validate()
    {
        if (!(Scale >= SmallestScale && Scale <= LargestScale))
        {
            yield return (nameof(Scale), "must be above 0: from 1e-12 to 1e12.");
        }

        if (!IsSeparator(Point))
        {
            yield return (nameof(DecimalSeparator), $"'{Point}' is not one character other than a digit, a sign or white space. Use \".\" or \",\".");
        }

        if (Group.Length > 0 && Group != " " && !IsSeparator(Group))
        {
            yield return (nameof(GroupSeparator), $"'{Group}' is not one character other than a digit or a sign. Use \" \" for any space, \"\" for none.");
        }

        if (Group == Point)
        {
            yield return (nameof(GroupSeparator), $"'{Group}' is the decimal separator too. Choose another, or \"\" for none.");
        }

        foreach (string sign in Currency)
        {
            if (string.IsNullOrWhiteSpace(sign) || sign.AsSpan().IndexOfAnyInRange('0', '9') >= 0)
            {
                yield return (nameof(Currency), $"'{sign}' is not a currency sign: it must have characters, and no digits.");
            }
        }
    }

    /// <summary>Every culture, then with a further currency sign.</summary>
    internal override IEnumerable<Alternative> Alternatives(bool hasAccepted)
    {
        NumericDefinition[] cultures =
        [
            this,
            .. Enum.GetValues<NumberCulture>().Where(culture => culture != Culture || DecimalSeparator is not null || GroupSeparator is not null)
                .Select(culture => this with { Culture = culture, DecimalSeparator = null, GroupSeparator = null }),
        ];
        return cultures.Skip(1).Concat(s_currencies.Except(Currency, StringComparer.Ordinal)
                .SelectMany(sign => cultures.Select(other => other with { Currency = [.. Currency, sign] })))
            .Select(other => new Alternative(
                other, other.Group == Point || other.Point == Group ? "were read with the wrong decimal separator" : null));
    }

    private static bool IsSeparator(string text)
        => text.Length == 1 && !char.IsDigit(text[0]) && !char.IsWhiteSpace(text[0]) && !char.IsSurrogate(text[0])
            && text[0] is not ('+' or '-');
}

using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Number;

/// <summary>How numbers are written: decimal separator and thousands separator.</summary>
internal enum NumberCulture
{
    /// <summary><c>1234.5</c>: point, no thousands separator.</summary>
    Invariant,

    /// <summary><c>1,234.5</c>.</summary>
    En,

    /// <summary><c>1 234,5</c>, with any kind of space.</summary>
    Fr,

    /// <summary><c>1.234,5</c>.</summary>
    De,

    /// <summary><c>1'234.5</c>, with a straight or a curly apostrophe.</summary>
    Ch,
}

/// <summary>What numbers and integers have in common: how they are written.</summary>
internal abstract record NumericDefinition : ConversionDefinition, ISelfValidating
{
    internal const double SmallestScale = 1e-12;
    internal const double LargestScale = 1e12;

    /// <summary>How numbers are written. Default: invariant.</summary>
    [Option("How numbers are written: invariant 1234.5, en 1,234.5, fr 1 234,5 (any space), de 1.234,5, ch 1'234.5. Declared, never guessed.")]
    public NumberCulture Culture { get; init; } = NumberCulture.Invariant;

    /// <summary>The decimal separator, in place of the culture's; one character.</summary>
    [Option("The decimal separator, one character, in place of the culture's.")]
    public string? DecimalSeparator { get; init; }

    /// <summary>The thousands separator, in place of the culture's; empty for none.</summary>
    [Option("The thousands separator, one character (a space stands for any space), in place of the culture's. Empty: none.")]
    public string? GroupSeparator { get; init; }

    /// <summary>Currency signs and codes that may stand before or after the number. Default: € and EUR.</summary>
    [Option("Currency signs and codes that may stand before or after the number. Any other makes the value fail.")]
    public IReadOnlyList<string> Currency { get; init; } = ["€", "EUR"];

    /// <summary>What the number is multiplied by: 1000 for an amount in k€. Above 0. Default: 1.</summary>
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

    private static bool IsSeparator(string text)
        => text.Length == 1 && !char.IsDigit(text[0]) && !char.IsWhiteSpace(text[0]) && !char.IsSurrogate(text[0])
            && text[0] is not ('+' or '-');
}

/// <summary>Reads a number.</summary>
[Kind("number", "Reads a number in the declared notation into plain digits with at most one point; any number of digits is kept.", Shorthand = true)]
internal sealed record NumberDefinition : NumericDefinition;

/// <summary>Reads a whole number.</summary>
[Kind("integer", "Reads a whole number in the declared notation; a fraction other than zeros fails.", Shorthand = true)]
internal sealed record IntegerDefinition : NumericDefinition;

/// <summary>Reads a truth value.</summary>
[Kind("boolean", "Reads a truth value into true or false; case is ignored.", Shorthand = true)]
internal sealed record BooleanDefinition : ConversionDefinition, ISelfValidating
{
    /// <summary>The texts that mean true, whatever their case.</summary>
    [Option("The texts that mean true; case is ignored.", Name = "true")]
    public IReadOnlyList<string> TrueTexts { get; init; } = ["true", "1", "yes", "y", "t", "on", "oui", "vrai"];

    /// <summary>The texts that mean false, whatever their case.</summary>
    [Option("The texts that mean false; case is ignored.", Name = "false")]
    public IReadOnlyList<string> FalseTexts { get; init; } = ["false", "0", "no", "n", "f", "off", "non", "faux"];

    public IEnumerable<(string Member, string Message)> Validate()
    {
        foreach (string text in TrueTexts.Intersect(FalseTexts, StringComparer.OrdinalIgnoreCase))
        {
            yield return ("true", $"'{text}' means both true and false. Remove it from one of the lists.");
        }
    }
}

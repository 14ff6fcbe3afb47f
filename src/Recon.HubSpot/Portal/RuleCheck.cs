using System.Globalization;
using System.Text.RegularExpressions;

namespace Recon.HubSpot.Portal;

/// <summary>Whether a value keeps a rule that an administrator made. Rules that are not known here are HubSpot's to judge.</summary>
internal static class RuleCheck
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    public static PortalViolation? Of(string type, ValueRule rule, string value)
        => WhyNot(rule, value) is { } why
            ? new PortalViolation(
                rule.Kind is "MAX_LENGTH" or "MIN_LENGTH" ? ViolationKind.Length : ViolationKind.Rule,
                type,
                rule.Property,
                $"A rule of the account speaks against the value: {why} ({rule.Kind}).",
                rule.Kind == "MAX_LENGTH" ? "Cut it with the conversion \"truncate\", or change the rule in HubSpot." : "Convert it, or change the rule in HubSpot.")
            : null;

    /// <summary>The number of characters that a rule allows; <see langword="null"/> for any other rule.</summary>
    public static int? LongestOf(ValueRule rule) => rule.Kind == "MAX_LENGTH" && Argument(rule) is { } most ? (int)most : null;

    private static string? WhyNot(ValueRule rule, string value)
    {
        string first = rule.Arguments.Count > 0 ? rule.Arguments[0] : "";
        decimal? limit = Argument(rule);
        decimal? number = Parse(value);
        return rule.Kind switch
        {
            "MAX_LENGTH" when value.Length > limit => $"it is longer than {limit} characters",
            "MIN_LENGTH" when value.Length < limit => $"it is shorter than {limit} characters",
            "MAX_NUMBER" when number > limit => $"it is greater than {limit}",
            "MIN_NUMBER" when number < limit => $"it is less than {limit}",
            "DECIMAL" when number is not null && Decimals(value) > limit => $"it has more than {limit} digits behind the point",
            "ALPHANUMERIC" when first == "NUMERIC_ONLY" && !value.All(char.IsAsciiDigit) => "it has other characters than digits",
            "REGEX" when IsAgainst(first, value) => "it does not match the expression",
            _ => null,
        };
    }

    private static decimal? Argument(ValueRule rule) => rule.Arguments.Count > 0 ? Parse(rule.Arguments[0]) : null;

    private static decimal? Parse(string text)
        => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) ? number : null;

    private static int Decimals(string value) => value.IndexOf('.', StringComparison.Ordinal) is var point and >= 0 ? value.Length - point - 1 : 0;

    // An expression that cannot be read here, or takes too long, is not judged.
    private static bool IsAgainst(string expression, string value)
    {
        try
        {
            return expression.Length > 0 && !Regex.IsMatch(value, expression, RegexOptions.CultureInvariant, s_patience);
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or RegexMatchTimeoutException)
        {
            return false;
        }
    }
}

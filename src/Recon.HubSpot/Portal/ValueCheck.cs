using System.Globalization;
using System.Text.RegularExpressions;
using Recon.Dataflow.Text;

namespace Recon.HubSpot.Portal;

/// <summary>Whether a property takes a value, by its type and options.</summary>
internal static partial class ValueCheck
{
    /// <summary>Most characters of a text.</summary>
    public const int MostCharacters = 65_536;

    private const long DayMilliseconds = 24 * 60 * 60 * 1000;

    public static PortalViolation? Of(string type, PortalProperty property, string value)
    {
        (ViolationKind Kind, string Message)? fault = property.Type switch
        {
            "string" or "json" => value.Length > MostCharacters ? (ViolationKind.Length, $"A text of {value.Length:N0} characters is longer than HubSpot's {MostCharacters:N0}.") : null,
            "number" or "date" or "datetime" or "bool" or "enumeration" when HasOuterSpace(value) => (ViolationKind.Value, "White space stands before or behind the value, which HubSpot refuses in values that are no texts."),
            "number" when !Number().IsMatch(value) => (ViolationKind.Value, "The value is no number: digits and at most one point."),
            "bool" when value is not ("true" or "false") => (ViolationKind.Value, "The value is neither true nor false."),
            "date" when !IsDay(value) => (ViolationKind.Value, "The value is no day: YYYY-MM-DD, or midnight UTC in milliseconds since 1970."),
            "datetime" when !IsInstant(value) => (ViolationKind.Value, "The value is no time: ISO 8601, or milliseconds since 1970."),
            "enumeration" => NoOption(property, value),
            _ => null,
        };
        return fault is { } found ? new PortalViolation(found.Kind, type, property.Name, found.Message, FixOf(found.Kind)) : null;
    }

    // Of some enumerations, such as owners, the options are not told.
    private static (ViolationKind, string)? NoOption(PortalProperty property, string value)
    {
        string[] options = [.. property.Options.Select(option => option.Value)];
        if (options.Length == 0)
        {
            return property.FieldType == "booleancheckbox" && value is not ("true" or "false") ? (ViolationKind.Value, "The value is neither true nor false.") : null;
        }

        string[] chosen = property.IsList ? value.Split(';', StringSplitOptions.RemoveEmptyEntries) : [value];
        string? unknown = chosen.FirstOrDefault(one => !options.Contains(one, StringComparer.Ordinal));
        if (unknown is null)
        {
            return null;
        }

        string hint = property.Options.FirstOrDefault(option => option.Label == unknown) is { } labelled
            ? $" It is the label of '{labelled.Value}', which is what has to be written."
            : Suggestion.Nearest(unknown, options) is { } nearest ? $" The nearest option is '{nearest}'." : "";
        return (ViolationKind.Option, $"The value is none of its {options.Length} options.{hint}");
    }

    private static string FixOf(ViolationKind kind) => kind switch
    {
        ViolationKind.Option => "Correct the map's value, or add the option in HubSpot and pull the portal file again.",
        ViolationKind.Length => "Cut it with the conversion \"truncate\".",
        _ => "Convert it: docs/pipeline.schema.json lists the conversions.",
    };

    private static bool HasOuterSpace(string value) => char.IsWhiteSpace(value[0]) || char.IsWhiteSpace(value[^1]);

    private static bool IsDay(string value)
        => DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            || (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long milliseconds) && milliseconds % DayMilliseconds == 0);

    private static bool IsInstant(string value)
        => (value.Length >= 10 && value[4] == '-' && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _))
            || long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    [GeneratedRegex(@"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}

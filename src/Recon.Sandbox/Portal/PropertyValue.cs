using System.Globalization;

namespace Recon.Sandbox.Portal;

/// <summary>Values in the form in which HubSpot stores and tells them.</summary>
internal static class PropertyValue
{
    /// <summary>The form of a value that is valid: days and times in ISO form, booleans in small letters, all else as it came.</summary>
    public static string Canonical(SandboxProperty property, string value) => property.Type switch
    {
        "datetime" when Instants.TryRead(value, out DateTimeOffset time) => Instants.Text(time),
        "date" when Instants.TryRead(value, out DateTimeOffset day) => day.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        "bool" when IsBoolean(value) => value.Equals("true", StringComparison.OrdinalIgnoreCase) ? "true" : "false",
        _ => value,
    };

    public static bool IsBoolean(string value) => value.Equals("true", StringComparison.OrdinalIgnoreCase) || value.Equals("false", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a text is a number as HubSpot reads them: digits, one point, a sign.</summary>
    public static bool IsNumber(string value)
        => double.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number);
}

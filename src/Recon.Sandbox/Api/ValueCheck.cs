using System.Globalization;
using System.Text.RegularExpressions;
using Recon.Sandbox.Portal;

namespace Recon.Sandbox.Api;

/// <summary>What HubSpot finds wrong with a value that is to be written.</summary>
internal static class ValueCheck
{
    public const int MostCharacters = 65_536;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    /// <returns>The first fault; <see langword="null"/> for a value that can be written.</returns>
    public static ApiFault? FaultOf(ObjectStore store, string id, string name, string value)
    {
        if (store.Property(name) is not { } property)
        {
            return ApiFault.Invalid($"Property \"{name}\" does not exist", "PROPERTY_DOESNT_EXIST", name);
        }

        if (property.IsReadOnly || property.IsCalculated)
        {
            return ReadOnly(name);
        }

        if (value.Length == 0)
        {
            return null;
        }

        return value.Length > MostCharacters ? TooLong(name, MostCharacters)
            : TypeFault(property, value)
            ?? property.Rules.Select(rule => RuleFault(property, rule, value)).FirstOrDefault(fault => fault is not null)
            ?? (store.OwnerOf(name, value, id) is { } owner ? Taken(name, owner) : null);
    }

    public static ApiFault ReadOnly(string name) => ApiFault.Invalid($"\"{name}\" is a read only property; its value cannot be set.", "READ_ONLY_VALUE", name);

    public static ApiFault TooLong(string name, int most)
        => ApiFault.Invalid(string.Create(CultureInfo.InvariantCulture, $"{name} must not be longer than {most} characters."), "INVALID_LENGTH", name);

    public static ApiFault NoOption(string name, string value, IEnumerable<string> options)
        => ApiFault.Invalid($"{value} was not one of the allowed options: [{string.Join(", ", options)}]", "INVALID_OPTION", name);

    public static ApiFault Taken(string name, string owner) => name == "email"
        ? new ApiFault(409, "CONFLICT", $"Contact already exists. Existing ID: {owner}", "CONTACT_EXISTS", name)
        : ApiFault.Invalid($"Cannot set {name}: {owner} already has that value.", "CONFLICTING_UNIQUE_VALUE", name);

    public static ApiFault Required(string name, string condition)
        => ApiFault.Invalid($"{name} is required when {condition}.", "MISSING_REQUIRED_PROPERTY", name);

    private static ApiFault? TypeFault(SandboxProperty property, string value) => property.Type switch
    {
        "number" when !PropertyValue.IsNumber(value) => ApiFault.Invalid($"{value} was not a valid number.", "INVALID_NUMBER", property.Name),
        "date" when !Instants.TryRead(value, out DateTimeOffset day) || day.TimeOfDay != TimeSpan.Zero
            => ApiFault.Invalid($"{value} was not a valid date: it is YYYY-MM-DD, or midnight UTC in milliseconds.", "INVALID_DATE", property.Name),
        "datetime" when !Instants.TryRead(value, out _) => ApiFault.Invalid($"{value} was not a valid timestamp.", "INVALID_DATE", property.Name),
        "bool" when !PropertyValue.IsBoolean(value) => NoOption(property.Name, value, ["true", "false"]),
        "enumeration" => (property.IsMultiple ? value.Split(';', StringSplitOptions.RemoveEmptyEntries) : [value])
            .Where(each => !property.Options.Contains(each, StringComparer.Ordinal))
            .Select(each => NoOption(property.Name, each, property.Options)).FirstOrDefault(),
        _ => null,
    };

    private static ApiFault? RuleFault(SandboxProperty property, PropertyRule rule, string value)
    {
        string argument = rule.Arguments.Count > 0 ? rule.Arguments[0] : "";
        _ = double.TryParse(argument, CultureInfo.InvariantCulture, out double limit);
        bool isNumber = double.TryParse(value, CultureInfo.InvariantCulture, out double number);
        bool isBroken = rule.Type switch
        {
            "MAX_LENGTH" => value.Length > limit,
            "MIN_LENGTH" => value.Length < limit,
            "MAX_NUMBER" => isNumber && number > limit,
            "MIN_NUMBER" => isNumber && number < limit,
            "REGEX" => !Regex.IsMatch(value, argument, RegexOptions.CultureInvariant, s_patience),
            _ => false,
        };
        return isBroken ? ApiFault.Invalid($"{value} breaks the rule {rule.Type} {argument} of {property.Name}.", "INVALID_VALUE", property.Name) : null;
    }
}

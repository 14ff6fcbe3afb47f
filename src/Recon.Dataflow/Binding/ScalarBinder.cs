using System.Globalization;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Binding;

/// <summary>Turns single JSON values into strings, numbers, truth values and enumeration values.</summary>
internal static class ScalarBinder
{
    /// <returns>The value, or <see langword="null"/> when it does not fit.</returns>
    public static object? Bind(OptionType type, SourceNode node, OptionAttribute option, Action<string> report)
    {
        switch (type.Kind)
        {
            case ValueKind.String when node.Kind == SourceKind.String:
                return node.Text;
            case ValueKind.Boolean when node.Kind == SourceKind.Boolean:
                return node.Text == "true";
            case ValueKind.Integer when node.Kind == SourceKind.Number:
                long? whole = BindInteger(type.Clr, node.Text, option, report);
                return whole is { } value && type.Clr == typeof(int) ? (object)(int)value : whole;
            case ValueKind.Number when node.Kind == SourceKind.Number:
                return BindNumber(type.Clr, node.Text, option, report);
            case ValueKind.Enumeration when node.Kind == SourceKind.String:
                return BindEnumeration(type.Clr, node.Text, report);
            case ValueKind.Limit when node.Kind is SourceKind.String or SourceKind.Number:
                return BindLimit(node.Text, report);
        }

        report($"must be {Expected(type)}, not {node.Describe()}{Remedy(type.Kind, node)}");
        return null;
    }

    /// <summary>The values of an enumeration, as the file spells them.</summary>
    public static string[] Spellings(Type type) => [.. Enum.GetNames(type).Select(DefinitionShape.Kebab)];

    private static long? BindInteger(Type clr, string number, OptionAttribute option, Action<string> report)
    {
        double largest = clr == typeof(int) ? int.MaxValue : long.MaxValue;
        double minimum = Math.Max(option.Minimum, -largest - 1);
        double maximum = Math.Min(option.Maximum, largest);
        if (number.AsSpan().ContainsAny('.', 'e', 'E'))
        {
            report($"must be a whole number, not {DefinitionPath.Cut(number)}");
            return null;
        }

        if (!long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            || value < minimum || value > maximum)
        {
            report($"must be {Range(minimum, maximum)}, not {DefinitionPath.Cut(number)}");
            return null;
        }

        return value;
    }

    private static object? BindNumber(Type clr, string number, OptionAttribute option, Action<string> report)
    {
        bool read = double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && double.IsFinite(value);
        decimal exact = 0;
        if (clr == typeof(decimal))
        {
            read = decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out exact);
        }

        if (!read || value < option.Minimum || value > option.Maximum)
        {
            report($"must be {Range(option.Minimum, option.Maximum)}, not {DefinitionPath.Cut(number)}");
            return null;
        }

        return clr == typeof(decimal) ? (object)exact : value;
    }

    private static object? BindEnumeration(Type clr, string name, Action<string> report)
    {
        string[] spellings = Spellings(clr);
        int index = Array.IndexOf(spellings, name);
        if (index >= 0)
        {
            return Enum.Parse(clr, Enum.GetNames(clr)[index]);
        }

        report($"unknown value '{DefinitionPath.Cut(name)}'{Suggestion.Hint(name, spellings, always: true)}");
        return null;
    }

    private static Limit? BindLimit(string text, Action<string> report)
    {
        if (Limit.TryParse(text, out Limit limit))
        {
            return limit;
        }

        report($"{Limit.Rule}, not '{DefinitionPath.Cut(text)}'");
        return null;
    }

    private static string Range(double minimum, double maximum) =>
        (double.IsFinite(minimum), double.IsFinite(maximum)) switch
        {
            (true, true) => $"between {Show(minimum)} and {Show(maximum)}",
            (true, false) => $"at least {Show(minimum)}",
            (false, true) => $"at most {Show(maximum)}",
            _ => "a number of ordinary size",
        };

    private static string Show(double value) => value.ToString("#,0.############", CultureInfo.InvariantCulture);

    private static string Expected(OptionType type) => type.Kind switch
    {
        ValueKind.Boolean => "true or false",
        ValueKind.Integer => "a whole number",
        ValueKind.Number => "a number",
        ValueKind.Limit => "a count such as \"100\" or a share such as \"5%\"",
        ValueKind.Enumeration => $"one of {string.Join(", ", Spellings(type.Clr))}",
        _ => "a string",
    };

    private static string Remedy(ValueKind wanted, SourceNode node) => (wanted, node.Kind) switch
    {
        (ValueKind.Integer or ValueKind.Number, SourceKind.String)
            when double.TryParse(node.Text, CultureInfo.InvariantCulture, out _) => $"; write {node.Text} without quotes",
        (ValueKind.Boolean, SourceKind.String) when node.Text is "true" or "false" => $"; write {node.Text} without quotes",
        (ValueKind.String, SourceKind.Number or SourceKind.Boolean) => $"; write \"{DefinitionPath.Cut(node.Text)}\"",
        _ => "",
    };
}

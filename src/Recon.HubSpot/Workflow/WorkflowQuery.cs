using System.Text;

namespace Recon.HubSpot.Workflow;

/// <summary>The parameters of a workflow query.</summary>
internal static class WorkflowQuery
{
    /// <summary>
    /// Reads options: <c>--company ACME</c> and <c>--company=ACME</c> give <c>company=ACME</c>,
    /// <c>--icalps-company-id 123</c> gives <c>icalps_company_id=123</c>.
    /// </summary>
    /// <exception cref="WorkflowException">A word is no option, or an option has no value or is given twice.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Parse(IReadOnlyList<string> words)
    {
        List<KeyValuePair<string, string>> parameters = [];
        for (int i = 0; i < words.Count; i++)
        {
            string word = words[i];
            if (!word.StartsWith("--", StringComparison.Ordinal) || word.Length == 2)
            {
                throw Refuse($"'{word}' is not an option. Write --property value, such as --company ACME.");
            }

            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string name = (equals < 0 ? word[2..] : word[2..equals]).Replace('-', '_');
            if (name.Length == 0 || !name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_'))
            {
                throw Refuse($"'{word}' names no property: names have letters, digits, - and _.");
            }

            if (equals < 0 && i + 1 == words.Count)
            {
                throw Refuse($"{word} needs a value: {word} VALUE.");
            }

            string value = equals < 0 ? words[++i] : word[(equals + 1)..];
            if (parameters.Exists(known => known.Key == name))
            {
                throw Refuse($"{word} is given twice.");
            }

            parameters.Add(KeyValuePair.Create(name, value));
        }

        return parameters.Count > 0
            ? parameters
            : throw Refuse("A query needs a property: --property value, such as --company ACME or --icalps-company-id 123.");
    }

    public static Uri Address(WorkflowSettings settings, IEnumerable<KeyValuePair<string, string>> parameters)
        => new($"{settings.Address.AbsoluteUri}?{string.Join('&', parameters.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"))}");

    /// <summary>
    /// The equivalent curl command. The token stays in its variable, which the shell that runs the command reads.
    /// </summary>
    public static string Curl(WorkflowSettings settings, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        StringBuilder command = new("curl --fail-with-body --get --max-time ");
        command.Append((int)settings.Timeout.TotalSeconds).Append(" \\\n");
        if (settings.Address.IsLoopback)
        {
            command.Append("  --noproxy '*' \\\n");
        }

        if (settings.TokenVariable is { } variable)
        {
            command.Append("  --header \"Authorization: Bearer $").Append(variable).Append("\" \\\n");
        }

        foreach ((string name, string value) in parameters)
        {
            command.Append("  --data-urlencode ").Append(Quoted($"{name}={value}")).Append(" \\\n");
        }

        return command.Append("  ").Append(Quoted(settings.Address.AbsoluteUri)).ToString();
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static WorkflowException Refuse(string message) => new(WorkflowFault.Settings, message);
}

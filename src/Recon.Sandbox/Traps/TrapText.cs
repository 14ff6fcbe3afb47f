using System.Text;

namespace Recon.Sandbox.Traps;

/// <summary>The table of traps for people.</summary>
internal static class TrapText
{
    public static string List()
    {
        StringBuilder text = new();
        foreach (TrapInfo info in TrapInfo.All)
        {
            text.Append(info.Name).Append(info.Value is null ? "" : "=…").Append('\n').Append("    ").Append(info.Description).Append('\n');
            if (info.Value is { } value)
            {
                text.Append("    Value: ").Append(value).Append(".\n");
            }

            text.Append("    Acts on ").Append(Calls(info)).Append(info.Lasts ? ", until it is taken away.\n" : ", once.\n");
        }

        return text.ToString();
    }

    /// <summary>The calls that a trap acts on, unless told otherwise.</summary>
    public static string Calls(TrapInfo info)
        => info.On.Length == 0 ? "every call" : string.Join(" and ", info.On.Select(call => call.ToString().ToLowerInvariant()));
}

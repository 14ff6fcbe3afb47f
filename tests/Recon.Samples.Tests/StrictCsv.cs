using System.Text;

namespace Recon.Samples.Tests;

/// <summary>
/// A small strict CSV reader, independent of the product's: a malformed record ends with its line, so that the next one is
/// read as it should be.
/// </summary>
internal static class StrictCsv
{
    public static (List<string[]> Good, List<string> Bad) Read(byte[] bytes)
    {
        string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF');
        List<string[]> good = [];
        List<string> bad = [];
        int width = -1;
        for (int at = 0; at < text.Length;)
        {
            int start = at;
            if (!TryRecord(text, ref at, out List<string> fields) || (width >= 0 && fields.Count != width))
            {
                int end = text.IndexOf('\n', start);
                at = end < 0 ? text.Length : end + 1;
                bad.Add(text[start..at]);
                continue;
            }

            width = fields.Count;
            good.Add([.. fields]);
        }

        return (good, bad);
    }

    private static bool TryRecord(string text, ref int at, out List<string> fields)
    {
        fields = [];
        while (true)
        {
            StringBuilder field = new();
            if (at < text.Length && text[at] == '"')
            {
                at++;
                while (true)
                {
                    int quote = text.IndexOf('"', at);
                    if (quote < 0)
                    {
                        return false;
                    }

                    field.Append(text, at, quote - at);
                    at = quote + 1;
                    if (at >= text.Length || text[at] != '"')
                    {
                        break;
                    }

                    field.Append('"');
                    at++;
                }
            }
            else
            {
                int end = text.AsSpan(at).IndexOfAny(",\"\r\n");
                end = end < 0 ? text.Length : at + end;
                field.Append(text, at, end - at);
                at = end;
            }

            fields.Add(field.ToString());
            if (at >= text.Length)
            {
                return true;
            }

            switch (text[at])
            {
                case ',':
                    at++;
                    continue;
                case '\r' when at + 1 < text.Length && text[at + 1] == '\n':
                    at += 2;
                    return true;
                case '\n':
                    at++;
                    return true;
                default:
                    return false;
            }
        }
    }
}

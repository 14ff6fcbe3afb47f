using System.Globalization;
using System.Text;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Web;

/// <summary>Host names.</summary>
internal static class WebHost
{
    /// <summary>
    /// Whether a text is a host name with at least one point, international names included. An IP address is none.
    /// </summary>
    internal static bool IsHost(ReadOnlySpan<byte> host)
    {
        int labels = 0;
        bool letters = false;
        if (host.Length > 253)
        {
            return false;
        }

        while (true)
        {
            int end = host.IndexOf((byte)'.');
            ReadOnlySpan<byte> label = end < 0 ? host : host[..end];
            if (!IsLabel(label, out letters))
            {
                return false;
            }

            labels++;
            if (end < 0)
            {
                return labels > 1 && letters;
            }

            host = host[(end + 1)..];
        }
    }

    private static bool IsLabel(ReadOnlySpan<byte> label, out bool letters)
    {
        letters = false;
        if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-')
        {
            return false;
        }

        while (!label.IsEmpty)
        {
            if (label[0] < 0x80)
            {
                bool ascii = char.IsAsciiLetter((char)label[0]);
                letters |= ascii;
                if (!ascii && !char.IsAsciiDigit((char)label[0]) && label[0] is not ((byte)'-' or (byte)'_'))
                {
                    return false;
                }

                label = label[1..];
                continue;
            }

            if (!Runes.TryRead(label, out Rune rune, out int length))
            {
                return false;
            }

            bool letter = Rune.IsLetter(rune);
            letters |= letter;
            if (!letter && !Rune.IsDigit(rune) && !IsMark(rune))
            {
                return false;
            }

            label = label[length..];
        }

        return true;
    }

    private static bool IsMark(Rune rune)
        => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}

namespace Recon.Dataflow.Extract;

/// <summary>Knows files that are no text by how they begin.</summary>
internal static class FileSignature
{
    /// <param name="head">The first bytes, 64 where there are as many.</param>
    /// <exception cref="InputException">The file is no text.</exception>
    public static void Check(string file, ReadOnlySpan<byte> head)
    {
        string? what = head switch
        {
            [(byte)'P', (byte)'K', 3, 4, ..] when IsWorkbook(file, head) => "is an Excel workbook (.xlsx), not a CSV file. "
                + "Save its sheet as \"CSV UTF-8\", or better export CSV from the source: a workbook may have changed dates and numbers",
            [(byte)'P', (byte)'K', 3, 4, ..] => "is a ZIP archive. Unpack it, or pipe it in: unzip -p FILE | recon run PIPELINE --input -",
            [0xD0, 0xCF, 0x11, 0xE0, ..] => "is an old Excel workbook (.xls) or another Office document, not a CSV file. "
                + "Save its sheet as \"CSV UTF-8\", or better export CSV from the source",
            [0x1F, 0x8B, 8, ..] => "is packed by gzip. Unpack it on the way: gunzip -c FILE | recon run PIPELINE --input -",
            _ => null,
        };
        if (what is not null)
        {
            throw new InputException($"{file} {what}.");
        }
    }

    private static bool IsWorkbook(string file, ReadOnlySpan<byte> head)
        => file.EndsWith(".xlsx", StringComparison.OrdinalIgnoreCase) || head.IndexOf("[Content_Types]"u8) >= 0 || head.IndexOf("xl/"u8) >= 0;
}

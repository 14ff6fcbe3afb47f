namespace Recon.Samples;

/// <summary>Invented notes, in the shapes of real ones.</summary>
internal static class SampleNotes
{
    private const int CutLength = 255;

    private static readonly string[] s_sentences =
    [
        "Relance prévue la semaine prochaine.", "Le devis est parti, réponse attendue.", "Client absent, message laissé.",
        "Visite de l'atelier : très bon accueil.", "Demande un échantillon, puis un prix.", "Budget validé pour le second semestre.",
        "Voir avec la production pour les délais.", "Souhaite un rendez-vous en visioconférence.",
    ];

    /// <summary>A note, or none; its shape is noted on the row.</summary>
    /// <param name="emptyPercent">How many of a hundred records have no note.</param>
    public static string? Note(ref RandomStream draw, SampleRow row, int emptyPercent)
    {
        if (draw.Chance(emptyPercent))
        {
            return null;
        }

        string first = draw.Pick(s_sentences);
        int shape = draw.Below(100);
        if (shape < 62)
        {
            return first;
        }

        string second = draw.Pick(s_sentences);
        switch (shape)
        {
            case < 80:
                row.Holds(DefectKind.MultiLine);
                return $"Bonjour,\n\n{first}\n- {second}";
            case < 92:
                row.Holds(DefectKind.Html);
                return $"<p>{first}</p><br/><b>{second}</b>";
            default:
                row.Holds(DefectKind.QuotesInText);
                row.Holds(DefectKind.MultiLine);
                return $"Il a dit \"{first}\"\net aussi : \"{second}\"";
        }
    }

    /// <summary>A long note and its first 255 characters, of which the last is no white space.</summary>
    public static (string Whole, string Cut) LongNote(ref RandomStream draw)
    {
        string whole = "Compte rendu :";
        while (whole.Length < CutLength + 80)
        {
            whole += " " + draw.Pick(s_sentences);
        }

        if (char.IsWhiteSpace(whole[CutLength - 1]))
        {
            whole = "*" + whole;
        }

        return (whole, whole[..CutLength]);
    }
}

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

    /// <summary>A record's note as the file has it, and whole as HubSpot has it.</summary>
    /// <param name="emptyPercent">How many of a hundred records have no note.</param>
    public static (string? Written, string? Whole) Notes(ref RandomStream draw, in RecordPlan plan, SampleRow row, int emptyPercent)
    {
        string? note = Note(ref draw, row, emptyPercent);
        return plan.Dirt == DefectKind.NoteCutAt255 ? LongNote(ref draw) : (note, note);
    }

    // Its shape is noted on the row.
    private static string? Note(ref RandomStream draw, SampleRow row, int emptyPercent)
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

    // The first 255 characters of a long note, of which the last is no white space.
    private static (string Cut, string Whole) LongNote(ref RandomStream draw)
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

        return (whole[..CutLength], whole);
    }
}

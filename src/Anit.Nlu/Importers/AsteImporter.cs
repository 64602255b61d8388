using System.Text.RegularExpressions;

namespace Anit.Nlu;

/// <summary>Aspect sentiment triplets, ASTE-Data-V2 (Xu et al. 2020, arXiv:2010.02609): <c>sentence####[([16, 17], [15], 'POS'), ...]</c>.</summary>
/// <remarks>The triplets are a Python literal; numbers are token numbers, all of a span listed.</remarks>
static partial class AsteImporter
{
    const string Separator = "####";

    public static IEnumerable<NluRow> Read(ImportContext context)
    {
        var number = 0L;
        foreach (var source in context.Sources)
        {
            foreach (var line in LineSource.Lines(source))
            {
                if (line.Text.Length == 0) continue;
                if (Row(context, source.Name, line, number++) is { } row) yield return row;
            }
        }
    }

    static NluRow? Row(ImportContext context, string source, Line line, long number)
    {
        try
        {
            var cut = line.Text.LastIndexOf(Separator, StringComparison.Ordinal);
            if (cut <= 0) throw BadRecord.At(source, line.Number, Shown.Of(line.Text), $"a sentence, {Separator}, and a list of triplets");

            var text = new WordText(line.Text[..cut].Split(' ', StringSplitOptions.RemoveEmptyEntries));
            var list = line.Text[(cut + Separator.Length)..].Trim();
            if (!TripletList().IsMatch(list)) throw BadRecord.At(source, line.Number, $"triplets {Shown.Of(list)}", "[([0, 1], [2], 'POS'), ...]");

            return context.Items(number, text.Text, Triplet().Matches(list).Select(Item).ToList(), source, line.Number);

            GoldItem Item(Match triplet)
            {
                var aspect = Span(context, source, line.Number, text, triplet.Groups["aspect"].Value);
                var opinion = Span(context, source, line.Number, text, triplet.Groups["opinion"].Value);
                var label = context.Name(triplet.Groups["label"].Value, source, line.Number);
                return new(new(label, text.Span(aspect.First, aspect.Last), text.Span(opinion.First, opinion.Last)),
                    text.Place(aspect.First, aspect.Last), text.Place(opinion.First, opinion.Last));
            }
        }
        catch (InvalidDataException bad) when (context.Skips(bad))
        {
            return null;
        }
    }

    static (int First, int Last) Span(ImportContext context, string source, long line, WordText text, string list)
    {
        var numbers = list.Split(',').Select(n => int.TryParse(n, out var number) ? number : -1).ToList();
        var contiguous = numbers.Select((n, i) => n == numbers[0] + i).All(next => next);
        return contiguous && numbers[0] >= 0 && numbers[^1] < text.Count
            ? (numbers[0], numbers[^1])
            : throw BadRecord.At(source, line, $"tokens [{list}]", $"neighbours from 0 to {text.Count - 1}");
    }

    const string OneTriplet = @"\(\[(?<aspect>\d+(, ?\d+)*)\], ?\[(?<opinion>\d+(, ?\d+)*)\], ?'(?<label>\w+)'\)";

    [GeneratedRegex(OneTriplet, RegexOptions.ExplicitCapture)]
    private static partial Regex Triplet();

    [GeneratedRegex(@"^\[(" + OneTriplet + @"(, ?" + OneTriplet + @")*)?\]$", RegexOptions.ExplicitCapture)]
    private static partial Regex TripletList();
}

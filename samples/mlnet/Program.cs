// A table of ours in ML.NET: as a DataFrame, by ADO.NET, and as the IDataView that a DataFrame is. A bag-of-words baseline for rows of a classification
// task: which answer (target) goes with which text.
using Anit.Data;
using Microsoft.Data.Analysis;
using Microsoft.ML;

await using var reader = await Table.OpenAsync(args[0], new ReadOptions { Columns = ["text", "target"] });
using var rows = reader.AsDataReader();
var frame = await DataFrame.LoadFrom(rows);
Console.WriteLine($"{frame.Rows.Count} rows of {string.Join(", ", frame.Columns.Select(c => $"{c.Name} ({c.DataType.Name})"))}");

var ml = new MLContext(seed: 1);
var parts = ml.Data.TrainTestSplit(frame, testFraction: 0.2, seed: 1);
var learner = ml.Transforms.Conversion.MapValueToKey("Label", "target")
    .Append(ml.Transforms.Text.FeaturizeText("Features", "text"))
    .Append(ml.MulticlassClassification.Trainers.SdcaMaximumEntropy());
var scores = ml.MulticlassClassification.Evaluate(learner.Fit(parts.TrainSet).Transform(parts.TestSet));
Console.WriteLine($"accuracy {scores.MicroAccuracy:0.000}");

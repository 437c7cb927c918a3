// One try to upload one file with the official client, going on where an earlier try of this file was killed.
// node upload.mjs '{"url", "token", "path", "urls", "killAt", "chunkSize", "metadata"}'; tells how it ended.
import fs from "node:fs";
import { FileUrlStorage, Upload } from "tus-js-client";

const told = JSON.parse(process.argv[2]);

const upload = new Upload(fs.createReadStream(told.path), {
  endpoint: `${told.url}/v1/uploads`,
  headers: { Authorization: `Bearer ${told.token}` },
  metadata: told.metadata,
  chunkSize: told.chunkSize ?? Number.POSITIVE_INFINITY,
  uploadSize: fs.statSync(told.path).size,
  urlStorage: new FileUrlStorage(told.urls),
  // Two minutes until a worker that was killed has a successor.
  retryDelays: [0, 200, 500, 1000, 1000, 2000, 2000, 3000, 3000, ...Array(22).fill(5000)],
  onProgress(sent) {
    if (told.killAt !== null && sent >= told.killAt) {
      // At this very byte, however slowly somebody else would look.
      process.kill(process.pid, "SIGKILL");
    }
  },
  onError(error) {
    console.log(`failed ${error.message.replaceAll("\n", " ")}`);
    process.exit(1);
  },
  onSuccess() {
    console.log(`done ${resumed}`);
    process.exit(0);
  },
});

const previous = await upload.findPreviousUploads();
const resumed = previous.length;
if (resumed > 0) {
  upload.resumeFromPreviousUpload(previous[0]);
}
upload.start();

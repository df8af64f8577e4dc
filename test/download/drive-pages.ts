/** The pages that Google Drive answers with, cut down to what is read of them. */

/** "Google Drive can't scan this file for viruses." */
export const confirmPage = (action: string): string => `<!DOCTYPE html><html><head>
<title>Google Drive - Virus scan warning</title></head><body>
<form id="search" action="https://www.google.com/search"><input type="hidden" name="q" value="x"></form>
<p><span class="uc-name-size"><a href="/open?id=1dKumdOK">sam_images.zip</a> (8.3G)</span> is too large for Google to
scan for viruses. Would you still like to download this file?</p>
<form id="download-form" action="${action}" method="get"><input type="submit" id="uc-download-link"
class="goog-inline-block" value="Download anyway"/><input type="hidden" name="id" value="1dKumdOK">
<input type="hidden" name="export" value="download"><input type=hidden name=confirm value=t>
<input type='hidden' name='uuid' value='5a&amp;b &#x2713;'></form></body></html>`

export const quotaPage = `<!DOCTYPE html><html><head><title>Google Drive - Quota exceeded</title></head><body>
<p class="uc-error-caption">Sorry, you can't view or download this file at this time.</p><p class="uc-error-subcaption">Too
many users have viewed or downloaded this file recently. Please try accessing the file again later. If the file you are
trying to access is particularly large or is shared with many people, it may take up to 24 hours to be able to view or
download the file. If you still can't access a file after 24 hours, contact your domain administrator.</p></body></html>`

export const accessPage = `<!DOCTYPE html><html><head><title>Google Drive: You need access</title></head><body></body></html>`

export const otherPage = `<!DOCTYPE html><html><head><title>Error 400 (Bad Request)!!1</title></head></html>`

export const folderPage = (files: Readonly<Record<string, string>>): string => `<!DOCTYPE html><html><head>
<title>OCR-VQA</title></head><body><div class="flip-list"><div class="flip-entries">${Object.entries(files)
  .map(
    ([
      id,
      title,
    ]) => `<div class="flip-entry" id="entry-${id}" tabindex="0" role="link"><div class="flip-entry-info">
<a href="https://drive.google.com/file/d/${id}/view?usp=drive_web" target="_blank"><div class="flip-entry-visual">
<div class="flip-entry-visual-card"></div></div><div class="flip-entry-title">${title}</div></a></div></div>`,
  )
  .join('')}</div></div></body></html>`
